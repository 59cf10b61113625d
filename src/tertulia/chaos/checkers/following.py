"""C8: what follows a change in another service follows, in the order of the changes.

A person's new name reaches everybody by the event log of accounts and the durable reaction of
conversations, whatever is killed in between. At the end others read the last acknowledged name, or one
whose end is unknown.
"""

from collections.abc import Iterator

from tertulia.chaos.checkers.registers import Register
from tertulia.chaos.history import History, Operation
from tertulia.chaos.violations import Violation

RENAME = "accounts.update_profile"
LOOK = "conversations.get_user"


def check(history: History) -> list[Violation]:
    """The last look at each person against their renames."""
    users = {record.client: record.user_id for record in history.beginnings}
    names: dict[str, Register] = {}
    for operation in history.of_command(RENAME):
        user_id = users.get(operation.invoked.client)
        if user_id is not None:
            change = (operation, operation.invoked.arguments["display_name"])
            names.setdefault(user_id, Register()).changes.append(change)
    return [
        violation
        for user_id, look in _last_looks(history).items()
        if user_id in names
        for violation in _check_name(user_id, names[user_id], look)
    ]


def _last_looks(history: History) -> dict[str, Operation]:
    looks = (it for it in history.of_command(LOOK) if it.end == "ok")
    return {look.invoked.arguments["user_id"]: look for look in looks}


def _check_name(user_id: str, names: Register, look: Operation) -> Iterator[Violation]:
    seen = ((look.ended and look.ended.result) or {}).get("user", {}).get("display_name")
    if not names.settled() or seen in names.possible():
        return
    says = f"{user_id} reads “{seen}” at the end, and was renamed otherwise"
    yield Violation("C8", says, (*names.records(), *look.records))
