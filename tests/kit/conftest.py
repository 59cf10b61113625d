"""A database of words, under both drivers that a file has."""

import pytest

from tertulia.kit.db.inline import InlineDatabase
from tertulia.kit.db.sqlite import SqliteDatabase
from tests.kit.words import words_in


@pytest.fixture(params=[SqliteDatabase, InlineDatabase])
async def database(tmp_path, request):
    async with words_in(request.param, tmp_path, queue_limit=100) as database:
        yield database
