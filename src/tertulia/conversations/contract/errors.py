"""The situations in which conversations refuses."""

from tertulia.kernel.errors import AppError, Conflict


class NotAMember(AppError):
    """You may read it, and have not joined."""

    code, status, detail = "conversations.not_a_member", 403, "Join the conversation first."


class Archived(AppError):
    """It can be read, and nothing else."""

    code, status, detail = "conversations.archived", 403, "The conversation is archived."


class IdInUse(Conflict):
    """The id names another thing, author or place."""

    code, detail = "conversations.id_in_use", "That id names something else."


class NameTaken(Conflict):
    """A channel of the space has that name."""

    code, detail = "conversations.name_taken", "That name is taken."


class LastOwner(Conflict):
    """A space is never without an owner."""

    code, detail = "conversations.last_owner", "A space needs an owner."


class MessageDeleted(Conflict):
    """A tombstone is not edited, answered or reacted to."""

    code, detail = "conversations.message_deleted", "The message was deleted."


class Resync(Conflict):
    """The client's position is of another history: take a new snapshot."""

    code, detail = "conversations.resync", "Take a new snapshot."


class InviteEnded(AppError):
    """Revoked, expired, used up, or its author has left."""

    code, status, detail = "conversations.invite_ended", 410, "The invitation has ended."
