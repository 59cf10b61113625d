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
    """Everything heard against the first removal since the client's last beginning there."""
    removals = _removals(history)
    first_sent = _first_sent(history)
    in_force: dict[tuple[str, str], list[Revoked]] = {}
    found: list[Violation] = []
    for record in history.records:
        if isinstance(record, Began):
            place = (record.client, record.conversation_id)
            in_force[place] = list(_next_removals(removals, record))
        elif isinstance(record, Heard):
            for removal in in_force.get((record.client, record.conversation_id), ()):
                found += _check_heard(record, removal, first_sent)
    return found


def _removals(history: History) -> dict[Scope, list[Revoked]]:
    """In the order of time."""
    removals: dict[Scope, list[Revoked]] = defaultdict(list)
    for record in history.records:
        if isinstance(record, Revoked):
            removals[record.user_id, record.conversation_id].append(record)
    return removals


def _next_removals(removals: dict[Scope, list[Revoked]], began: Began) -> Iterator[Revoked]:
    """The first one of each scope after a client began: until the next beginning it is in force."""
    for scope in ((began.user_id, began.conversation_id), (began.user_id, None)):
        known = removals.get(scope, [])
        later = bisect_right(known, began.at, key=lambda it: it.at)
        yield from known[later : later + 1]


def _first_sent(history: History) -> dict[str, int]:
    """When each message was sent first."""
    first: dict[str, int] = {}
    for operation in history.of_command(POST):
        first.setdefault(operation.invoked.arguments.get("id", ""), operation.invoked.at)
    return first


def _check_heard(heard: Heard, removal: Revoked, first_sent: dict[str, int]) -> Iterator[Violation]:
    """A removal from everywhere has no position: what was sent after it came after it."""
    if removal.conversation_id is not None:
        late = heard.seq > removal.seq
    else:
        late = heard.type == POSTED and first_sent.get(message_id(heard.update), 0) > removal.at
    if late:
        says = (
            f"{heard.client} heard {heard.seq} of {heard.conversation_id},"
            f" and was removed at {removal.seq}"
        )
        yield Violation("C9", says, (removal, heard))
