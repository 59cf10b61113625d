"""Reacting, and taking it back."""

from tertulia.conversations.contract.messages import AddReaction, RemoveReaction
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.rules.emojis import check_emoji
from tertulia.conversations.rules.messages import check_alive, check_emoji_room
from tertulia.conversations.rules.places import Place, check_speaker
from tertulia.conversations.store import conversations, log, messages, people, reactions
from tertulia.kernel.actor import Actor
from tertulia.kit.db import Connection, Record


class Reactions(Desk):
    """Emoji on messages."""

    def add_reaction(self, connection: Connection, request: AddReaction, actor: Actor) -> None:
        """See `AddReaction`."""
        check_emoji(request.emoji)
        row, place = self.message(connection, request.message_id, actor)
        if reactions.exists(connection, row.id, request.emoji, actor.id):
            return
        _check_reactable(row, place)
        known = reactions.count(connection, row.id, request.emoji) > 0
        different = reactions.count_different(connection, row.id)
        check_emoji_room(different, self.limits, known=known)
        people.ensure_person(connection, actor)
        seq = conversations.next_seq(connection, row.conversation_id)
        reactions.add(connection, row.id, request.emoji, actor.id, seq)
        self._tell(connection, row, actor, ("reaction_added", seq, request.emoji))

    def remove_reaction(
        self, connection: Connection, request: RemoveReaction, actor: Actor
    ) -> None:
        """See `RemoveReaction`."""
        check_emoji(request.emoji)
        row, place = self.message(connection, request.message_id, actor)
        _check_reactable(row, place)
        if not reactions.exists(connection, row.id, request.emoji, actor.id):
            return
        seq = conversations.next_seq(connection, row.conversation_id)
        reactions.remove(connection, row.id, request.emoji, actor.id)
        self._tell(connection, row, actor, ("reaction_removed", seq, request.emoji))

    def _tell(
        self, connection: Connection, row: Record, actor: Actor, what: tuple[str, int, str]
    ) -> None:
        kind, seq, emoji = what
        change = log.Change(row.conversation_id, actor.id, self.now())
        parts = {"emoji": emoji, "user_id": actor.id}
        log.record(connection, [change.entry(kind, seq, row.id, parts)])


def _check_reactable(row: Record, place: Place) -> None:
    check_speaker(place)
    check_alive(messages.state(row))
