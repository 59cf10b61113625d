"""Statements that are compiled once say the same as SQLAlchemy would each time."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
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

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import Call, HalfDone, changes, each
from tertulia.kit.db.columns import Instant, insert
from tertulia.kit.db.postgres.sessions import open_engine
from tertulia.kit.db.postgres.transactions import write
from tertulia.kit.db.statements import Prepared, as_list, half, listed, paired
from tests.support import databases

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

MARKS = Table("marks", METADATA, Column("id", Integer, primary_key=True), Column("at", BigInteger))
MOVE = Prepared(
    lambda connection: (
        insert(connection, MARKS)
        .values(id=bindparam("key"), at=bindparam("to"))
        .on_conflict_do_update(index_elements=["id"], set_={"at": bindparam("to")})
    )
)
MOVED = Prepared(lambda _: select(MARKS.c.at))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.split)])
def connection(request):
    on_sqlite = request.param == "sqlite"
    engine = (
        create_engine("sqlite://")
        if on_sqlite
        else open_engine(databases.schema("words"), "words", begin=write("words"))
    )
    with engine.connect() as connection, connection.begin() as transaction:
        METADATA.create_all(connection)
        yield connection
        transaction.rollback()
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


def test_what_is_written_is_counted(connection):
    def act(connection, _request, _actor):
        ADD.run_for(connection, [{**NOTHING, "id": each} for each in "abc"])
        raise NotFound

    before = changes(connection)
    LISTED.rows(connection, ids=as_list(["a", "b"]))
    assert changes(connection) == before
    with pytest.raises(HalfDone):
        each(act)(connection, [Call(None, SYSTEM)])
    assert changes(connection) - before == 3


def test_a_statement_may_be_carried_out_often(connection):
    for number in (1, 70_000, 5_000_000_000):  # of three sizes, to PostgreSQL
        for turn in range(8):
            MOVE.run_for(connection, [{"key": 1, "to": number + turn}])
            assert [row.at for row in MOVED.rows(connection)] == [number + turn]
