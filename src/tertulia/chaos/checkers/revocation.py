"""C9: who is removed hears nothing above the removal, whenever the frame arrives."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator

from tertulia.chaos.checkers.posts import POST, POSTED, message_id
from tertulia.chaos.history import Began, Heard, History, Revoked
from tertulia.chaos.violations import Violation

Scope = tuple[str, str | None]
"""A person, and a conversation or (None) all of them."""


def check(history: History) -> list[Violation]:
    """Everything heard against the removals since the client's last beginning there."""
    removals = _removals(history)
    returns = _returns(history)
    first_sent = _first_sent(history)
    in_force: dict[tuple[str, str], list[Revoked]] = {}
    found: list[Violation] = []
    for record in history.records:
        if isinstance(record, Began):
            place = (record.client, record.conversation_id)
            in_force[place] = list(_later_removals(removals, record))
        elif isinstance(record, Heard):
            for removal in in_force.get((record.client, record.conversation_id), ()):
                if _is_late(record, removal, returns, first_sent):
                    found.append(_complain(record, removal))
                    break
    return found


def _removals(history: History) -> dict[Scope, list[Revoked]]:
    """In the order of time."""
    removals: dict[Scope, list[Revoked]] = defaultdict(list)
    for record in history.records:
        if isinstance(record, Revoked):
            removals[record.user_id, record.conversation_id].append(record)
    return removals


def _later_removals(removals: dict[Scope, list[Revoked]], began: Began) -> Iterator[Revoked]:
    """What was acknowledged after a client began: to which it has to keep until it begins again."""
    for scope in ((began.user_id, began.conversation_id), (began.user_id, None)):
        known = removals.get(scope, [])
        yield from known[bisect_right(known, began.at, key=lambda it: it.at) :]


def _returns(history: History) -> dict[tuple[str, str], set[int]]:
    """Where in the logs people came in."""
    returns: dict[tuple[str, str], set[int]] = defaultdict(set)
    for final in history.finals.values():
        for update in final.updates:
            if update["type"] == "member_joined" and "user" in update:
                returns[update["user"]["id"], final.conversation_id].add(update["seq"])
    return returns


def _first_sent(history: History) -> dict[str, int]:
    """When each message was sent first."""
    first: dict[str, int] = {}
    for operation in history.of_command(POST):
        first.setdefault(operation.invoked.arguments.get("id", ""), operation.invoked.at)
    return first


def _is_late(
    heard: Heard,
    removal: Revoked,
    returns: dict[tuple[str, str], set[int]],
    first_sent: dict[str, int],
) -> bool:
    """A removal from everywhere has no position: what was sent after it came after it.

    The answer to a removal may arrive when the person has long been let in again: they hear from there on,
    and read, when they ask, what they missed.
    """
    if removal.conversation_id is None:
        return heard.type == POSTED and first_sent.get(message_id(heard.update), 0) > removal.at
    back = (it for it in returns[removal.user_id, removal.conversation_id] if it > removal.seq)
    since = min(back, default=None)
    excused = since is not None and (since <= heard.seq or heard.by == "catch_up")
    return heard.seq > removal.seq and not excused


def _complain(heard: Heard, removal: Revoked) -> Violation:
    says = (
        f"{heard.client} heard {heard.seq} of {heard.conversation_id} by {heard.by},"
        f" and was removed at {removal.seq}"
    )
    return Violation("C9", says, (removal, heard))
