"""Mentions: as the text reads, and in step with their messages.

Who a name meant is decided when a text is written, by what was so then. So a stored mention has to be
readable in the text, by a name that the person has or had; and one that can only have been missed is
missing: of somebody who has always had this name, and was in the conversation before.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, and_, case, null, or_, select

from tertulia.conversations.rules.mentions import EVERYONE, HERE, named
from tertulia.conversations.tables import members, mentions, messages, people
from tertulia.kit.db import Record
from tertulia.kit.upkeep import ROWS_AT_ONCE, Check, Difference, Facts, by_query

_NAMES_EVER = "accounts.usernames"


def _copies() -> Any:
    """What a mention repeats of its message; a tombstone and a system line mention nobody."""
    wrong = case(
        (messages.c.deleted_at.is_not(None), "deleted"),
        (messages.c.kind == "system", "system"),
        (mentions.c.conversation_id != messages.c.conversation_id, "conversation_id"),
        (mentions.c.seq != messages.c.seq, "seq"),
        (mentions.c.author_id != messages.c.author_id, "author_id"),
    )
    return (
        select(
            mentions.c.message_id,
            mentions.c.target,
            wrong.label("stored"),
            null().label("recomputed"),
        )
        .join(messages, messages.c.id == mentions.c.message_id)
        .where(wrong.is_not(None))
    )


def _texts(connection: Connection, facts: Facts) -> Iterator[Difference]:
    """Each text that may mention somebody, read again."""
    owners = {row.username: row.user_id for row in facts[_NAMES_EVER]()}
    steady = _steady_names(connection)
    for row, stored in _with_targets(connection):
        readings = named(row.text)
        possible = {_target(name, owners) for names in readings for name in names}
        certain = {_target(names[0], steady) for names in readings} - {None, EVERYONE}
        where = {"message_id": row.id}
        for target in sorted(stored - possible):
            yield Difference({**where, "target": target}, target, None)
        for target in sorted(map(str, certain - stored)):
            if target == HERE or _was_there(connection, row, target):
                yield Difference({**where, "target": target}, None, target)


def _target(name: str, owners: Mapping[str, str]) -> str | None:
    return name if name in {HERE, EVERYONE} else owners.get(name)


def _steady_names(connection: Connection) -> dict[str, str]:
    """The names of people who have looked the same since their accounts were made."""
    found = connection.execute(
        select(people.c.username, people.c.id).where(
            people.c.version == 1, people.c.active, people.c.username.is_not(None)
        )
    )
    return {row.username: row.id for row in found}


def _with_targets(connection: Connection) -> Iterator[tuple[Record, set[str]]]:
    """The messages with an at sign or a mention, and whom they are said to mention."""
    spoken = and_(
        messages.c.text.contains("@"),
        messages.c.kind != "system",
        messages.c.deleted_at.is_(None),
    )
    rows = connection.execute(
        select(messages.c.id, messages.c.conversation_id, messages.c.seq, messages.c.text)
        .add_columns(mentions.c.target)
        .outerjoin(mentions, mentions.c.message_id == messages.c.id)
        .where(or_(spoken, mentions.c.target.is_not(None)))
        .order_by(messages.c.id),
        execution_options={"yield_per": ROWS_AT_ONCE},
    )
    last: Record | None = None
    targets: set[str] = set()
    for row in rows:
        if last is not None and row.id != last.id:
            yield last, targets
            targets = set()
        last = row
        targets |= {row.target} - {None}
    if last is not None:
        yield last, targets


def _was_there(connection: Connection, message: Record, user_id: str) -> bool:
    found = connection.execute(
        select(members.c.joined_seq).where(
            members.c.conversation_id == message.conversation_id,
            members.c.user_id == user_id,
            members.c.joined_seq < message.seq,
        )
    )
    return found.first() is not None


CHECKS = (
    by_query("conversations.mentions", _copies),
    Check("conversations.mentions_in_text", _texts),
)
