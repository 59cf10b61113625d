"""The messages of a history: what was sent under each id, and where it stands in the logs at the end."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tertulia.chaos.history import Final, History, Operation, Update

POST = "conversations.post_message"
POSTED = "message_posted"


@dataclass
class Post:
    """One id with every try to send it, in the order of the tries."""

    id: str
    tries: list[Operation] = field(default_factory=list)

    @property
    def first(self) -> Operation:
        """The first try, by whichever client."""
        return self.tries[0]

    @property
    def conversation_id(self) -> str:
        """Where the first try wanted it."""
        return self.first.invoked.arguments["conversation_id"]

    @cached_property
    def acknowledged(self) -> Operation | None:
        """The try that was acknowledged before all others."""
        answered = [it for it in self.tries if it.ended and it.end == "ok"]
        return min(answered, key=_ended_at, default=None)

    @property
    def all_failed(self) -> bool:
        """Whether every try is known not to have been done."""
        return all(it.end == "fail" for it in self.tries)


@dataclass(frozen=True)
class Place:
    """Where a message stands at the end."""

    final: Final
    update: Update

    @property
    def seq(self) -> int:
        """Its position in the log."""
        return self.update["seq"]

    @property
    def message(self) -> dict[str, Any]:
        """The message as it is at the end."""
        return self.update["message"]


class Posts:
    """Sent messages and final ones of a history, by id."""

    def __init__(self, history: History) -> None:
        self.sent: dict[str, Post] = {}
        for operation in history.of_command(POST):
            id_ = operation.invoked.arguments.get("id")
            if id_ is not None:
                self.sent.setdefault(id_, Post(id_)).tries.append(operation)
        self.places: dict[str, list[Place]] = {}
        for final in history.finals.values():
            for update in final.updates:
                if update["type"] == POSTED:
                    self.places.setdefault(message_id(update), []).append(Place(final, update))

    def seq(self, post: Post) -> int | None:
        """Where it stands: by the log, or by an acknowledgement where no log is known."""
        places = self.places.get(post.id)
        if places:
            return places[0].seq
        return acknowledged_seq(post.acknowledged) if post.acknowledged else None

    def known(self) -> Iterator[tuple[Post, int]]:
        """The sent messages whose position is known."""
        for post in self.sent.values():
            seq = self.seq(post)
            if seq is not None:
                yield post, seq


def acknowledged_message(operation: Operation) -> dict[str, Any]:
    """The message that an acknowledgement of a post carries; empty without one."""
    result = operation.ended and operation.ended.result
    return (result or {}).get("message") or {}


def acknowledged_seq(operation: Operation) -> int | None:
    """The position that an acknowledgement of a post tells."""
    return acknowledged_message(operation).get("seq")


def message_id(update: Update) -> str:
    """The message that an update is about; empty for those about none."""
    message = update.get("message") or {}
    return message.get("id") or update.get("message_id") or ""


def _ended_at(operation: Operation) -> int:
    return operation.ended.at if operation.ended else 0
