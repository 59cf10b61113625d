"""`tertulia move`: the same rows on both sides, or nothing has happened."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tertulia.conversations.contract.conversations import ListConversations
from tertulia.conversations.contract.messages import PostMessage
from tertulia.kernel.errors import ReadOnly
from tertulia.kernel.ids import new_id
from tertulia.kit.db.copies import read_contents
from tertulia.kit.db.marks import Mark, find_mark, set_mark
from tertulia.runtime.data import CannotStart, DataFolder
from tertulia.runtime.fsck import check
from tertulia.runtime.instance import opened
from tertulia.runtime.moving import move as moving
from tertulia.runtime.moving import postgres, sqlite
from tertulia.runtime.moving.move import move
from tertulia.runtime.moving.postgres import PostgresSource, PostgresTarget
from tertulia.runtime.moving.sqlite import SqliteSource, SqliteTarget
from tertulia.runtime.settings import Settings
from tests.runtime.busy_data import fill, live
from tests.support.clock import StoppedClock
from tests.support.databases import a_database

pytestmark = pytest.mark.split
LONG = "ñandú 🧉 " * 400


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with everything that a row can have."""
    data = tmp_path_factory.mktemp("lived") / "data"
    asyncio.run(fill(data))
    with closing(sqlite3.connect(data / "tertulia.db")) as connection, connection:
        odd = LONG + "\\ \\N \t \n\r\x7f"
        changed = connection.execute(
            "UPDATE conversations_messages SET text = ? WHERE text = 'esto queda'", [odd]
        )
        assert changed.rowcount == 1
    return data


@pytest.fixture
def folder(lived, tmp_path) -> DataFolder:
    shutil.copytree(lived, tmp_path / "data")
    return DataFolder(tmp_path / "data")


@pytest.fixture
def url():
    with a_database("moving") as url:
        yield url


def to_postgres(folder, url):
    return move(SqliteSource(folder), PostgresTarget(url), StoppedClock())


def back(url, folder):
    return move(PostgresSource(url), SqliteTarget(folder, StoppedClock()), StoppedClock())


def contents(folder):
    return read_contents(folder.database)


def test_there_and_back_it_is_the_same(folder, url, tmp_path):
    before = contents(folder)
    there = to_postgres(folder, url)
    home = DataFolder(tmp_path / "home")
    returned = back(url, home)
    assert (there.tables, there.logs) == (returned.tables, returned.logs)
    assert contents(home) == before
    assert {facts.rows for facts in there.tables.values()} != {0}
    assert check(home.path).findings == []


def test_it_comes_home_where_it_left_and_what_it_left_is_kept(folder, url):
    to_postgres(folder, url)
    back(url, folder)
    assert check(folder.path).clean
    assert find_mark(folder.database) == Mark.NONE
    kept = list(folder.backups.glob("before-move-*/tertulia.db"))
    assert [find_mark(each) for each in kept] == [Mark.MOVED]


@pytest.mark.parametrize(
    ("where", "step"),
    [
        (moving, "_check_current"),
        (moving, "tables_of"),
        (moving, "digest"),
        (moving, "_receipt"),
        (postgres, "provision"),
        (postgres._Filling, "load"),
        (SqliteSource, "leave"),
    ],
)
def test_whatever_stops_it_the_old_side_is_as_it_was(folder, url, monkeypatch, where, step):
    before = contents(folder)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(where, step, stop)
    with pytest.raises(KeyboardInterrupt):
        to_postgres(folder, url)
    assert contents(folder) == before
    assert find_mark(folder.database) == Mark.NONE


def test_what_was_stopped_on_the_way_can_be_done_again(folder, url, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(moving, "_receipt", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            to_postgres(folder, url)
    assert to_postgres(folder, url).rows


def test_whatever_stops_the_way_back_postgresql_goes_on(folder, url, monkeypatch, tmp_path):
    to_postgres(folder, url)

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(sqlite, "_filling", stop)
    with pytest.raises(KeyboardInterrupt):
        back(url, DataFolder(tmp_path / "home"))
    postgres.check_takes_changes(url)
    assert not (tmp_path / "home" / "tertulia.db").exists()


def test_a_difference_is_found_before_anything_is_decided(folder, url, monkeypatch):
    honest = postgres._Filling.load

    def lose_a_reaction(self, table, rows):
        kept = list(rows)
        honest(self, table, iter(kept[:-1] if table.name.endswith("_reactions") else kept))

    monkeypatch.setattr(postgres._Filling, "load", lose_a_reaction)
    with pytest.raises(CannotStart) as refused:
        to_postgres(folder, url)
    assert refused.value.code == "move_differs"
    assert refused.value.params == {"table": "conversations_reactions"}


def test_a_text_that_postgresql_cannot_hold_is_named(folder, url):
    with closing(sqlite3.connect(folder.database)) as connection, connection:
        connection.execute("UPDATE conversations_people SET search_name = 'a' || char(0)")
    with pytest.raises(CannotStart) as refused:
        to_postgres(folder, url)
    assert refused.value.code == "move_nul"
    assert refused.value.params == {"where": "conversations_people.search_name"}
    assert find_mark(folder.database) == Mark.NONE


def test_nothing_is_overwritten(folder, url, tmp_path):
    to_postgres(folder, url)
    other = DataFolder(tmp_path / "other")
    asyncio.run(fill(other.path))
    for act in (lambda: to_postgres(other, url), lambda: back(url, other)):
        with pytest.raises(CannotStart) as refused:
            act()
        assert refused.value.code == "move_used"
    assert check(other.path).clean


async def test_a_server_that_runs_goes_on_reading_and_refuses_changes(tmp_path, url):
    folder = DataFolder(tmp_path / "data")
    settings = Settings(data=folder.path, registration="open", rate_limits=False)
    async with opened(settings) as instance:
        story = await live(instance)
        await asyncio.to_thread(to_postgres, folder, url)
        send = PostMessage(conversation_id=story.ids["general"], text="tarde", id=new_id())
        with pytest.raises(ReadOnly):
            await story.ask(send, "ana")
        assert (await story.ask(ListConversations(), "ana")).items


async def start(folder):
    async with opened(Settings(data=folder.path)):
        pass


async def test_what_has_moved_does_not_start_until_that_is_undone(folder, url):
    receipt = to_postgres(folder, url)
    with pytest.raises(CannotStart) as refused:
        await start(folder)
    assert refused.value.code == "moved"
    sqlite.undo(folder)
    await start(folder)
    with closing(sqlite3.connect(folder.database)) as connection:
        epochs = dict(connection.execute("SELECT id, epoch FROM conversations_conversations"))
    assert epochs.keys() == receipt.logs.keys()
    assert not {log.epoch for log in receipt.logs.values()} & set(epochs.values())


async def test_a_start_forgets_a_move_that_was_killed(folder):
    set_mark(folder.database, Mark.MOVING)
    await start(folder)
    assert find_mark(folder.database) == Mark.NONE


async def test_nobody_starts_while_it_moves(folder):
    with SqliteSource(folder).held():
        with pytest.raises(CannotStart) as refused:
            await start(folder)
        assert refused.value.code == "moving"
        with pytest.raises(CannotStart) as refused, SqliteSource(folder).held():
            pass
        assert refused.value.code == "moving"


def test_a_database_that_has_moved_takes_changes_once_that_is_undone(folder, url, tmp_path):
    there = to_postgres(folder, url)
    back(url, DataFolder(tmp_path / "home"))
    with pytest.raises(CannotStart) as refused:
        postgres.check_takes_changes(url)
    assert refused.value.code == "moved"
    postgres.undo(url)
    postgres.check_takes_changes(url)
    again = back(url, DataFolder(tmp_path / "again"))
    assert not {log.epoch for log in again.logs.values()} & {
        log.epoch for log in there.logs.values()
    }
