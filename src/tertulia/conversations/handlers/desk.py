"""What the handlers of conversations share: the kit, and how they find where somebody asks."""

from collections.abc import Sequence
from datetime import datetime

from tertulia.conversations.contract.messages import MessageView
from tertulia.conversations.rules.conversations import check_conversation_count
from tertulia.conversations.rules.places import Place, check_readable, may_read, plaza_is_open
from tertulia.conversations.store import conversations, message_views, messages, places
from tertulia.conversations.store.log import Change
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound
from tertulia.kernel.limits import Limits
from tertulia.kit.db import Connection, Record
from tertulia.kit.service import Kit


class Desk:
    """A class of handlers over the database; each is `(connection, request, actor) -> result`."""

    def __init__(self, kit: Kit) -> None:
        self._clock = kit.clock
        self._plaza_open = plaza_is_open(kit.policy.guests, kit.policy.base_url)
        self.limits: Limits = kit.limits

    @property
    def plaza_open(self) -> bool:
        """Whether anybody can be in the plaza."""
        return self._plaza_open

    def now(self) -> datetime:
        """The server's time."""
        return self._clock.now()

    def readable(self, place: Place | None, actor: Actor) -> Place:
        """The place, for who may read there; else `NotFound`."""
        if place is not None and place.is_plaza and not self._plaza_open:
            raise NotFound
        return check_readable(place, actor)

    def can_read(self, place: Place, actor: Actor) -> bool:
        """Whether the actor may read there."""
        return may_read(place, actor.kind) and (self._plaza_open or not place.is_plaza)

    def place(self, connection: Connection, conversation_id: str, actor: Actor) -> Place:
        """Where somebody asks; `NotFound` where they may not read."""
        return self.readable(places.find_place(connection, conversation_id, actor.id), actor)

    def message(
        self, connection: Connection, message_id: str, actor: Actor
    ) -> tuple[Record, Place]:
        """A message and its place; `NotFound` where they may not read."""
        row = messages.find(connection, [message_id]).get(message_id)
        if row is None:
            raise NotFound
        return row, self.place(connection, row.conversation_id, actor)

    def check_room(self, connection: Connection, *user_ids: str) -> None:
        """`Invalid` where one of these people is in as many conversations as they may."""
        for user_id in user_ids:
            count = conversations.count_of_person(connection, user_id)
            check_conversation_count(count, self.limits)

    def shown(
        self, connection: Connection, rows: Sequence[Record], actor: Actor
    ) -> list[MessageView]:
        """Messages as the actor sees them."""
        return message_views.views(connection, rows, actor.id, self.limits.reaction_users)

    def change(self, place: Place, actor: Actor) -> Change:
        """What the actor does there now."""
        return Change(place.id, actor.id, self.now())
