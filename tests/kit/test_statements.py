"""Statements that are compiled once say the same as SQLAlchemy would each time."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    select,
)
from sqlalchemy.dialects import postgresql

from tertulia.kit.db.columns import Instant, insert
from tertulia.kit.db.statements import Prepared, as_list, half, listed, paired

METADATA = MetaData()
THINGS = Table(
    "things",
    METADATA,
    Column("id", String, primary_key=True),
    Column("owner", String),
    Column("count", Integer),
    Column("is_good", Boolean),
    Column("made_at", Instant),
    Column("data", JSON(none_as_null=True)),
)
NOTHING = {"owner": None, "count": None, "is_good": None, "made_at": None, "data": None}
NOON = datetime(2026, 10, 8, 12, 0, 0, 123_000, tzinfo=UTC)

ADD = Prepared(lambda connection: insert(connection, THINGS))
DELETE = Prepared(lambda _: delete(THINGS).where(THINGS.c.count > bindparam("most")))
LISTED = Prepared(
    lambda connection: select(THINGS.c.id).where(THINGS.c.id.in_(listed(connection, "ids")))
)


def _owned(connection):
    pairs = paired(connection, "pairs")
    is_owned = (THINGS.c.id == half(pairs, 0)) & (THINGS.c.owner == half(pairs, 1))
    return select(THINGS.c.id, half(pairs, 1).label("by")).select_from(pairs).join(THINGS, is_owned)


OWNED = Prepared(_owned)


@pytest.fixture
def connection():
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_rows_are_written_as_by_sqlalchemy(connection):
    full = {
        "id": "a",
        "owner": "ana",
        "count": 3,
        "is_good": True,
        "made_at": NOON,
        "data": {"ñ": [1]},
    }
    ADD.run_for(connection, [full, {**NOTHING, "id": "b"}])
    found = connection.execute(select(THINGS).order_by(THINGS.c.id)).mappings()
    assert [dict(row) for row in found] == [full, {**NOTHING, "id": "b"}]


def test_without_rows_nothing_is_done(connection):
    ADD.run_for(connection, [])
    assert connection.execute(select(THINGS)).all() == []


def test_a_list_of_any_length_is_one_parameter(connection):
    ids = [f'it\'s "{number}" ñ' for number in range(1_000)]
    ADD.run_for(connection, [{**NOTHING, "id": each} for each in ids])
    assert LISTED.rows(connection, ids=as_list([])) == []
    for some in (ids[:1], ids[10:20], ids, ["not there"]):
        found = {row.id for row in LISTED.rows(connection, ids=as_list(some))}
        assert found == set(some) & set(ids)


def test_pairs_are_looked_up_as_pairs(connection):
    ADD.run_for(
        connection, [{**NOTHING, "id": each, "owner": by} for each, by in ("ax", "by", "cx")]
    )
    asked = [("a", "x"), ("b", "x"), ("b", "y"), ("d", "x")]
    found = OWNED.rows(connection, pairs=as_list(asked))
    assert {(row.id, row.by) for row in found} == {("a", "x"), ("b", "y")}


def test_a_statement_without_rows_is_run(connection):
    ADD.run_for(connection, [{**NOTHING, "id": str(count), "count": count} for count in range(5)])
    DELETE.run(connection, most=2)
    assert len(connection.execute(select(THINGS)).all()) == 3


def test_postgresql_reads_lists_and_pairs_too():
    dialect = postgresql.dialect(paramstyle="format")
    elsewhere: Any = SimpleNamespace(dialect=dialect)
    texts = [
        str(it.compile(dialect=dialect)) for it in (listed(elsewhere, "ids"), _owned(elsewhere))
    ]
    assert "FROM json_array_elements_text(" in texts[0]
    assert "FROM json_array_elements(" in texts[1]
