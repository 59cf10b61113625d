"""What may be done with a message."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tertulia.conversations.contract.errors import MessageDeleted
from tertulia.conversations.rules.permissions import Level
from tertulia.kernel.errors import FieldError, Forbidden, Invalid, NotFound
from tertulia.kernel.limits import Limits


@dataclass(frozen=True, slots=True)
class MessageState:
    """As much of a message as decisions need."""

    id: str
    conversation_id: str
    author_id: str
    kind: str
    thread_id: str | None
    deleted: bool
    created_at: datetime
    seq: int = 0


def check_alive(message: MessageState) -> None:
    """System lines are not touched, tombstones not revived."""
    if message.kind == "system":
        raise Forbidden("A system line cannot be changed.")
    if message.deleted:
        raise MessageDeleted


def check_editable(message: MessageState, actor_id: str) -> None:
    """Edits are the author's."""
    if message.author_id != actor_id:
        raise Forbidden
    check_alive(message)


def check_deletable(message: MessageState, actor_id: str, level: Level) -> None:
    """One's own, or with the right to delete others'."""
    if message.kind == "system":
        raise Forbidden("A system line cannot be deleted.")
    if message.author_id != actor_id and level < Level.MODERATOR:
        raise Forbidden


def counts_as_undone(
    message: MessageState, actor_id: str, now: datetime, limits: Limits, *, asked: bool
) -> bool:
    """Whether a deletion leaves nothing to draw: asked by the author soon after posting."""
    in_time = now - message.created_at <= timedelta(seconds=limits.undo_seconds)
    return asked and in_time and message.author_id == actor_id


def may_see_revisions(message: MessageState, actor_id: str, level: Level) -> bool:
    """Its author while it is there, and who may delete others' messages."""
    return level >= Level.MODERATOR or (message.author_id == actor_id and not message.deleted)


def check_quoted(quoted: MessageState | None, conversation_id: str) -> None:
    """A quote is of a message of the same conversation that is still there."""
    if quoted is None or quoted.conversation_id != conversation_id:
        raise NotFound("The quoted message is not here.")
    check_alive(quoted)


def check_root(root: MessageState | None, conversation_id: str) -> None:
    """A thread hangs on a message of the same conversation that is not in a thread itself."""
    if root is None or root.conversation_id != conversation_id:
        raise NotFound("The thread is not here.")
    if root.thread_id is not None:
        raise Invalid(errors=[FieldError("thread_id", "in_thread", "it is itself in a thread")])
    check_alive(root)


def check_emoji_room(different: int, limits: Limits, *, known: bool) -> None:
    """A message carries a limited number of different emoji."""
    if not known and different >= limits.emojis:
        raise Invalid(
            errors=[FieldError("emoji", "too_many", "too many different emoji")],
            params={"limit": limits.emojis},
        )
