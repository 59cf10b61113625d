"""Read marks, and a person's own settings of a conversation."""

from tertulia.conversations.contract.conversations import MarkRead, SettingsChanged, UpdateSettings
from tertulia.conversations.contract.errors import NotAMember
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.handlers.recounting import tell_counts
from tertulia.conversations.rules.places import Place, is_in
from tertulia.conversations.store import log, marks, people
from tertulia.kernel.actor import Actor
from tertulia.kit.db import Connection


class Reading(Desk):
    """What is one person's alone."""

    def mark_read(self, connection: Connection, request: MarkRead, actor: Actor) -> None:
        """See `MarkRead`."""
        place = self._own_place(connection, request.conversation_id, actor)
        seq = min(request.seq, place.head)
        mark = marks.find(connection, place.id, actor.id)
        if mark is None and actor.kind == "guest":
            return  # who has said nothing is stored nowhere
        read = place.head if mark is None else mark.seq
        if seq == read or (seq < read and not request.force):
            return
        people.ensure_person(connection, actor)
        marks.place(connection, [self._mark(connection, place, actor, seq)])
        tell_counts(connection, place.id, [actor.id])

    def update_settings(
        self, connection: Connection, request: UpdateSettings, actor: Actor
    ) -> None:
        """See `UpdateSettings`."""
        place = self._own_place(connection, request.conversation_id, actor)
        mark = marks.find(connection, place.id, actor.id)
        if request.muted == (mark is not None and mark.muted):
            return
        people.ensure_person(connection, actor)
        start = self._mark(connection, place, actor, place.head)
        marks.mute(connection, start, muted=request.muted)
        changed = SettingsChanged(user_id=actor.id, conversation_id=place.id, muted=request.muted)
        log.announce(connection, changed)

    def _own_place(self, connection: Connection, conversation_id: str, actor: Actor) -> Place:
        place = self.place(connection, conversation_id, actor)
        if not is_in(place):
            raise NotAMember
        return place

    def _mark(self, connection: Connection, place: Place, actor: Actor, seq: int) -> marks.Mark:
        number = marks.number_at(connection, place.id, seq)
        return marks.Mark(place.id, actor.id, seq, number)
