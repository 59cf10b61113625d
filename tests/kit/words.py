"""A table of words, and how they are written and read: what the tests of the database write."""

import asyncio
from contextlib import asynccontextmanager

from sqlalchemy import Column, Integer, MetaData, String, Table, func, select

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import each
from tertulia.kit.db.postgres import PostgresDatabase
from tertulia.kit.db.postgres.sessions import open_engine as open_postgres
from tertulia.kit.db.sqlite import open_engine
from tests.support import databases

METADATA = MetaData()
WORDS = Table(
    "words",
    METADATA,
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("word", String, unique=True),
)


def insert(connection, word):
    if word == "bad":
        raise NotFound
    if word == "crash":
        raise ZeroDivisionError
    n = connection.scalar(select(func.coalesce(func.max(WORDS.c.n), 0))) + 1
    connection.execute(WORDS.insert().values(n=n, word=word))
    return n


def add_word(connection, word, _actor):
    return insert(connection, word)


ADD = each(add_word)


async def add(database, *words, unit=ADD):
    calls = [database.write(unit, word, SYSTEM) for word in words]
    return await asyncio.gather(*calls, return_exceptions=True)


async def words(database):
    return await database.read(lambda c: list(c.scalars(select(WORDS.c.word).order_by(WORDS.c.n))))


@asynccontextmanager
async def words_in(driver, folder, **options):
    """A running database of this driver with an empty table of words."""
    place = prepare(driver, folder)
    database = driver(*place, **options)
    database.start()
    yield database
    await database.stop()


def prepare(driver, folder):
    """Make the empty table; what the driver is given to find it."""
    if driver is PostgresDatabase:
        url = databases.schema("words")
        prepare_words(url)
        return url, "words"
    file = folder / "test.db"
    _make(open_engine(file))
    return (file,)


def prepare_words(url):
    """Make the empty table in its schema of a PostgreSQL."""
    _make(open_postgres(url, "words"))


def _make(engine):
    METADATA.drop_all(engine)
    METADATA.create_all(engine)
    engine.dispose()
