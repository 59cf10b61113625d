"""People: how they are found, and that they look as their accounts say."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from tertulia.conversations.rules.people import ACCOUNTS, search_name
from tertulia.conversations.tables import log, people
from tertulia.kit.db import Record
from tertulia.kit.upkeep import ROWS_AT_ONCE, Check, Difference, Facts

_FOLLOWED = "accounts→conversations"
_SHOWN = ("username", "display_name", "avatar_url", "kind", "active", "administrator", "version")


def _search_names(connection: Connection, _facts: Facts) -> Iterator[Difference]:
    rows = connection.execute(
        select(people.c.id, people.c.username, people.c.display_name, people.c.search_name),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    for row in rows:
        recomputed = search_name(row.display_name, row.username)
        if row.search_name != recomputed:
            yield Difference({"user_id": row.id}, row.search_name, recomputed)


def _accounts(connection: Connection, facts: Facts) -> Iterator[Difference]:
    """Everybody with an account looks so here, but for what accounts told and nobody heard yet."""
    (head,) = facts["accounts.head"]()
    behind = log.position(connection, _FOLLOWED) < head
    here = {row.id: row for row in connection.execute(select(people))}
    for user in facts["accounts.users"]():
        yield from _compared(user, here.pop(user.id, None), behind=behind)
    for row in here.values():
        if row.kind in ACCOUNTS:
            yield Difference({"user_id": row.id}, "person", None)


def _compared(user: Record, person: Record | None, *, behind: bool) -> Iterator[Difference]:
    if behind and (person is None or person.version < user.version):
        return
    where = {"user_id": user.id}
    if person is None:
        yield Difference(where, None, "person")
        return
    for name in _SHOWN:
        stored, recomputed = getattr(person, name), getattr(user, name)
        if stored != recomputed:
            yield Difference({**where, "column": name}, stored, recomputed)


CHECKS = (
    Check("conversations.search_names", _search_names),
    Check("conversations.people", _accounts),
)
