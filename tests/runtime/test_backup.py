"""`tertulia backup`: one moment of everything, while the server runs; whole or not at all."""

import asyncio
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from tertulia.conversations.contract.messages import PostMessage
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tertulia.kit.db.copies import read_contents
from tertulia.runtime import backup as backups
from tertulia.runtime.backup import UNFINISHED, take_backup
from tertulia.runtime.data import CannotStart, DataFolder
from tertulia.runtime.fsck import check
from tertulia.runtime.instance import opened
from tertulia.runtime.manifest import NAME, read_manifest
from tertulia.runtime.settings import Settings
from tests.runtime.busy_data import fill
from tests.support.clock import StoppedClock


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that was lived in, with what else an operator may have put there."""
    data = tmp_path_factory.mktemp("lived") / "data"
    asyncio.run(fill(data))
    (data / "tertulia.toml").write_text("guests = 'off'\n", "utf-8")
    (data / "files" / "ab").mkdir(parents=True)
    (data / "files" / "ab" / "cd").write_bytes(b"a picture")
    DataFolder(data).backups.mkdir()
    (DataFolder(data).backups / "tertulia-old.db").touch()
    return data


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def take(data: Path, target: Path):
    return take_backup(data, target, StoppedClock())


def test_it_holds_what_is_needed_and_nothing_of_the_moment(data, tmp_path):
    take(data, tmp_path / "copy")
    assert names(tmp_path / "copy") == {"tertulia.db", "tertulia.toml", "files/ab/cd", NAME}
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_it_is_its_owner_s_alone(data, tmp_path):
    take(data, tmp_path / "copy")
    for path in [tmp_path / "copy", *(tmp_path / "copy").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def test_the_manifest_says_what_is_in_it(data, tmp_path):
    manifest = take(data, tmp_path / "copy")
    assert read_manifest(tmp_path / "copy") == manifest
    assert manifest.created_at == StoppedClock().now()
    assert manifest.revisions.keys() == {"accounts", "conversations", "personal"}
    contents = read_contents(tmp_path / "copy" / "tertulia.db")
    assert {name: facts.rows for name, facts in manifest.tables.items()} == {
        name: each.rows for name, each in contents.items()
    }
    assert manifest.files["files/ab/cd"].bytes == len(b"a picture")
    with closing(sqlite3.connect(data / "tertulia.db")) as connection:
        heads = connection.execute("SELECT id, epoch, head FROM conversations_conversations")
        assert {key: (log.epoch, log.head) for key, log in manifest.logs.items()} == {
            key: (epoch, head) for key, epoch, head in heads
        }


def test_two_backups_of_one_moment_have_the_same_contents(data, tmp_path):
    first, second = take(data, tmp_path / "one"), take(data, tmp_path / "two")
    assert first.tables == second.tables


def test_it_can_be_used_as_a_data_folder(data, tmp_path):
    take(data, tmp_path / "copy")
    assert check(tmp_path / "copy").clean


def test_an_empty_folder_is_filled_and_any_other_left_alone(data, tmp_path):
    (tmp_path / "copy").mkdir()
    take(data, tmp_path / "copy")
    before = (tmp_path / "copy" / NAME).read_bytes()
    (tmp_path / "file").touch()
    for there in ("copy", "file"):
        with pytest.raises(CannotStart) as refused:
            take(data, tmp_path / there)
        assert refused.value.code == "backup_exists"
    assert (tmp_path / "copy" / NAME).read_bytes() == before


def test_it_is_not_made_within_what_it_copies(data):
    with pytest.raises(CannotStart) as refused:
        take(data, data / "copy")
    assert refused.value.code == "backup_inside"


def test_without_data_there_is_nothing_to_copy(tmp_path):
    with pytest.raises(CannotStart) as refused:
        take(tmp_path / "data", tmp_path / "copy")
    assert refused.value.code == "no_data"
    assert not list(tmp_path.iterdir())


def refuse_for_want_of_room(*_):
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    raise error


def no_room_left(*_):
    raise OSError(28, os.strerror(28))


@pytest.mark.parametrize(
    ("step", "failing"),
    [
        ("copy_database", refuse_for_want_of_room),
        ("copy_durably", no_room_left),
        ("write_manifest", no_room_left),
        ("disk_usage", lambda _: type("", (), {"free": 1000})),
    ],
)
def test_a_full_disk_is_said_and_leaves_nothing_half(data, tmp_path, monkeypatch, step, failing):
    monkeypatch.setattr(backups, step, failing)
    with pytest.raises(CannotStart) as refused:
        take(data, tmp_path / "copy")
    assert (refused.value.code, refused.value.params["errno"]) == ("folder", "ENOSPC")
    assert not list(tmp_path.iterdir())


def test_what_a_killed_one_left_goes_with_the_next(data, tmp_path):
    (tmp_path / f"{UNFINISHED}dead").mkdir()
    (tmp_path / f"{UNFINISHED}dead" / "tertulia.db").touch()
    take(data, tmp_path / "copy")
    assert [path.name for path in tmp_path.iterdir()] == ["copy"]


def test_a_kill_leaves_no_backup_that_looks_whole(data, tmp_path):
    """Stopped where the copy stands beside, before it gets its name."""
    program = (
        "import sys, time, pathlib\n"
        "from tertulia.kernel.clock import SystemClock\n"
        "from tertulia.runtime import backup\n"
        "def wait(*_):\n"
        "    print('there', flush=True)\n"
        "    time.sleep(60)\n"
        "backup.write_manifest = wait\n"
        "backup.take_backup(*map(pathlib.Path, sys.argv[1:]), SystemClock())\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(data), str(tmp_path / "copy")],
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"there\n"
        take(data, tmp_path / "other")
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (tmp_path / "copy").exists()
    take(data, tmp_path / "copy")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "other"]


async def test_under_load_it_is_a_prefix_with_all_that_was_acknowledged_before(tmp_path):
    """Writers go on all the time; what each backup holds is what the log was at one moment."""
    story = await fill(tmp_path / "data")
    settings = Settings(data=tmp_path / "data", rate_limits=False)
    general = story.ids["general"]
    async with opened(settings) as instance:
        written = Written()
        writing = [
            asyncio.create_task(written.grow(instance.bus, story.people[name], general))
            for name in ("ana", "bruno")
        ]
        for number in range(3):
            await written.wait(50)
            before = set(written.ids)
            target = tmp_path / f"copy {number}"
            await asyncio.to_thread(take, settings.data, target)
            assert before <= _messages(target)
            assert check(target).clean
            assert len(written.ids) > len(before), "nobody could write meanwhile"
        for task in writing:
            task.cancel()
        await asyncio.gather(*writing, return_exceptions=True)


class Written:
    """What writers who go on and on were told is there."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self._more = asyncio.Condition()

    async def grow(self, bus, actor: Actor, where: str) -> None:
        for number in count():
            request = PostMessage(conversation_id=where, text=f"número {number}", id=new_id())
            await bus.ask(request, actor)
            async with self._more:
                self.ids.append(str(request.id))
                self._more.notify_all()

    async def wait(self, more: int) -> None:
        """Until so many more are there."""
        target = len(self.ids) + more
        async with asyncio.timeout(30), self._more:
            await self._more.wait_for(lambda: len(self.ids) >= target)


def _messages(backup: Path) -> set[str]:
    with closing(sqlite3.connect(backup / "tertulia.db")) as connection:
        return {key for (key,) in connection.execute("SELECT id FROM conversations_messages")}
