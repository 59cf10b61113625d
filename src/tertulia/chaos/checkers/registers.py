"""C1 and C10 for what can be changed again: a message's text, whether it is there, who reacted to it.

Each is a register. At the end it holds a change that no acknowledged one came after; one whose end is
unknown may have come at any time, and one that failed never did.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tertulia.chaos.checkers.posts import Place, Post, Posts
from tertulia.chaos.history import History, Operation, Record
from tertulia.chaos.violations import Violation

EDIT = "conversations.edit_message"
DELETE = "conversations.delete_message"
REACT = "conversations.add_reaction"
UNREACT = "conversations.remove_reaction"

Key = tuple[str, ...]
Named = Callable[[Operation], tuple[Key, Any]]


@dataclass
class Register:
    """Changes of one thing, in the order in which they were asked for."""

    changes: list[tuple[Operation, Any]] = field(default_factory=list)

    def possible(self) -> Iterator[Any]:
        """The values that changes may have left."""
        last = max((op.invoked.at for op, _ in self.changes if op.end == "ok"), default=0)
        for operation, value in self.changes:
            ended = operation.ended.at if operation.ended and operation.end == "ok" else None
            if operation.end != "fail" and (ended is None or ended >= last):
                yield value

    def settled(self) -> bool:
        """Whether some change was acknowledged: before that it may hold what it held at first."""
        return any(operation.end == "ok" for operation, _ in self.changes)

    def failed(self, value: Any) -> bool:
        """Whether this value comes from a change that failed."""
        return any(op.end == "fail" and value == written for op, written in self.changes)

    def records(self) -> tuple[Record, ...]:
        """The last acknowledged change, or all where there is none."""
        done = [operation for operation, _ in self.changes if operation.end == "ok"]
        shown = done[-1:] or [operation for operation, _ in self.changes]
        return tuple(record for operation in shown for record in operation.records)


def check(history: History) -> list[Violation]:
    """Every register against the logs at the end."""
    posts = Posts(history)
    found: list[Violation] = []
    for (message_id,), register in _gather(history, {DELETE: _deletion}).items():
        found += _check_deleted(posts.places.get(message_id, []), register)
    edits = _gather(history, {EDIT: _edit})
    for post in posts.sent.values():
        found += _check_text(post, posts.places.get(post.id, []), edits.get((post.id,)))
    users = {record.client: record.user_id for record in history.beginnings}
    reactions = _gather(history, {REACT: _reaction(users, True), UNREACT: _reaction(users, False)})
    for key, register in reactions.items():
        found += _check_reaction(posts.places.get(key[0], []), key, register)
    return found


def _gather(history: History, kinds: dict[str, Named]) -> dict[Key, Register]:
    registers: dict[Key, Register] = {}
    for operation in history.operations:
        named = kinds.get(operation.invoked.command)
        if named is not None:
            key, value = named(operation)
            registers.setdefault(key, Register()).changes.append((operation, value))
    return registers


def _deletion(operation: Operation) -> tuple[Key, Any]:
    return (operation.invoked.arguments["message_id"],), True


def _edit(operation: Operation) -> tuple[Key, Any]:
    return (operation.invoked.arguments["message_id"],), operation.invoked.arguments["text"]


def _reaction(users: dict[str, str], there: bool) -> Named:
    def named(operation: Operation) -> tuple[Key, Any]:
        arguments = operation.invoked.arguments
        user_id = users.get(operation.invoked.client, "")
        return (arguments["message_id"], arguments["emoji"], user_id), there

    return named


def _check_deleted(places: Iterable[Place], register: Register) -> Iterator[Violation]:
    for place in places:
        id_, is_deleted = place.message["id"], place.message["deleted_at"] is not None
        if register.settled() and not is_deleted:
            says = f"the deletion of message {id_} was acknowledged, and it is there"
            yield Violation("C1", says, register.records())
        if is_deleted and not any(register.possible()):
            says = f"every deletion of message {id_} failed, and it is deleted"
            yield Violation("C10", says, register.records())


def _check_text(post: Post, places: Iterable[Place], edits: Register | None) -> Iterator[Violation]:
    possible = set(edits.possible()) if edits else set[Any]()
    if edits is None or not edits.settled():
        possible |= set(_texts_posted(post))
    for place in places:
        text = place.message["text"]
        if place.message["deleted_at"] is None and text not in possible:
            code = "C10" if edits and edits.failed(text) else "C1"
            says = f"message {post.id} says “{text}” at the end, which nothing explains"
            yield Violation(code, says, edits.records() if edits else post.first.records)


def _texts_posted(post: Post) -> Iterator[str]:
    """Those of the tries that may have created it; later ones are answered with what is there."""
    acknowledged = post.acknowledged
    until = acknowledged.ended.at if acknowledged and acknowledged.ended else float("inf")
    for each in post.tries:
        if each.invoked.at <= until and each.end != "fail":
            yield each.invoked.arguments["text"]


def _check_reaction(places: Iterable[Place], key: Key, register: Register) -> Iterator[Violation]:
    message_id, emoji, user_id = key
    possible = set(register.possible()) | ({False} if not register.settled() else set[Any]())
    for place in places:
        if not user_id or place.message["deleted_at"] is not None:
            continue
        there = any(
            it["emoji"] == emoji and user_id in it["user_ids"] for it in place.message["reactions"]
        )
        if there not in possible:
            says = f"{emoji} of {user_id} is {'on' if there else 'not on'} {message_id} at the end"
            yield Violation("C1", f"{says}, which nothing explains", register.records())
