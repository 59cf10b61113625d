"""How far each person has read, and what they muted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, select

from tertulia.conversations.tables import conversations, marks, messages
from tertulia.kit.db import Record
from tertulia.kit.db.columns import insert
from tertulia.kit.db.statements import Prepared


@dataclass(frozen=True, slots=True)
class Mark:
    """A read mark: `number` is that of the last timeline message at or before `seq`."""

    conversation_id: str
    user_id: str
    seq: int
    number: int


def _placing(connection: Connection) -> Any:
    statement = insert(connection, marks)
    return statement.on_conflict_do_update(
        index_elements=["conversation_id", "user_id"],
        set_={"seq": statement.excluded.seq, "number": statement.excluded.number},
    )


_PLACE = Prepared(_placing)


def place(connection: Connection, moved: Sequence[Mark]) -> None:
    """Set the marks, whatever they were; what is muted stays so."""
    rows = [
        {
            "conversation_id": mark.conversation_id,
            "user_id": mark.user_id,
            "seq": mark.seq,
            "number": mark.number,
            "muted": False,
        }
        for mark in moved
    ]
    _PLACE.run_for(connection, rows)


def mute(connection: Connection, mark: Mark, *, muted: bool) -> None:
    """Mute or unmute; the mark is for who has none yet."""
    statement = insert(connection, marks).values(
        conversation_id=mark.conversation_id,
        user_id=mark.user_id,
        seq=mark.seq,
        number=mark.number,
        muted=muted,
    )
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["conversation_id", "user_id"], set_={"muted": statement.excluded.muted}
        )
    )


def forget(connection: Connection, conversation_id: str, user_id: str) -> None:
    """A person who left has no mark."""
    connection.execute(
        delete(marks).where(marks.c.conversation_id == conversation_id, marks.c.user_id == user_id)
    )


def find(connection: Connection, conversation_id: str, user_id: str) -> Record | None:
    """A person's mark in a conversation."""
    return connection.execute(
        select(marks).where(marks.c.conversation_id == conversation_id, marks.c.user_id == user_id)
    ).one_or_none()


def find_of_person(
    connection: Connection, user_id: str, conversation_ids: Collection[str]
) -> dict[str, Record]:
    """A person's marks by conversation."""
    found = connection.execute(
        select(marks).where(
            marks.c.user_id == user_id, marks.c.conversation_id.in_(conversation_ids)
        )
    )
    return {row.conversation_id: row for row in found}


def number_at(connection: Connection, conversation_id: str, seq: int) -> int:
    """The number of the last timeline message at or before a `seq`."""
    found = connection.execute(
        select(messages.c.number)
        .where(
            messages.c.conversation_id == conversation_id,
            messages.c.number.is_not(None),
            messages.c.seq <= seq,
        )
        .order_by(messages.c.number.desc())
        .limit(1)
    ).scalar()
    return found or 0


def start_plaza(connection: Connection, user_id: str) -> None:
    """Somebody new has read the plaza up to here."""
    plaza = connection.execute(
        select(conversations.c.id, conversations.c.head, conversations.c.messages).where(
            conversations.c.is_plaza
        )
    ).one_or_none()
    if plaza is not None:
        place(connection, [Mark(plaza.id, user_id, plaza.head, plaza.messages)])


def list_behind(
    connection: Connection, conversation_id: str, seq: int, user_ids: Collection[str] | None
) -> list[str]:
    """Whose mark is below a `seq`, among these people or, with None, among all."""
    wanted = [marks.c.conversation_id == conversation_id, marks.c.seq < seq]
    if user_ids is not None:
        wanted.append(marks.c.user_id.in_(user_ids))
    return list(connection.execute(select(marks.c.user_id).where(*wanted)).scalars())


def list_of_people(
    connection: Connection, conversation_id: str, user_ids: Collection[str]
) -> Sequence[Record]:
    """The marks of several people in one conversation."""
    return connection.execute(
        select(marks).where(
            marks.c.conversation_id == conversation_id, marks.c.user_id.in_(user_ids)
        )
    ).all()
