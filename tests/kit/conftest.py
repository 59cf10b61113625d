"""A database of words, under both drivers that a file has."""

import pytest

from tertulia.kit.db.inline import InlineDatabase
from tertulia.kit.db.sqlite import SqliteDatabase, open_engine
from tests.kit.words import METADATA


@pytest.fixture(params=[SqliteDatabase, InlineDatabase])
async def database(tmp_path, request):
    engine = open_engine(tmp_path / "test.db")
    METADATA.create_all(engine)
    engine.dispose()
    database = request.param(tmp_path / "test.db", queue_limit=100)
    database.start()
    yield database
    await database.stop()
