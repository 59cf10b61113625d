"""A table of words, and how they are written and read: what the tests of the database write."""

import asyncio

from sqlalchemy import Column, Integer, MetaData, String, Table, select

from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import NotFound
from tertulia.kit.db import each

METADATA = MetaData()
WORDS = Table(
    "words", METADATA, Column("n", Integer, primary_key=True), Column("word", String, unique=True)
)


def insert(connection, word):
    if word == "bad":
        raise NotFound
    if word == "crash":
        raise ZeroDivisionError
    return connection.execute(WORDS.insert().values(word=word)).inserted_primary_key.n


def add_word(connection, word, _actor):
    return insert(connection, word)


ADD = each(add_word)


async def add(database, *words, unit=ADD):
    calls = [database.write(unit, word, SYSTEM) for word in words]
    return await asyncio.gather(*calls, return_exceptions=True)


async def words(database):
    return await database.read(lambda c: list(c.scalars(select(WORDS.c.word).order_by(WORDS.c.n))))
