"""`tertulia restore`: tried beside, then the whole exchanged; a new history, and nothing revoked revives."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tertulia.accounts.contract import Authenticate, ResetPassword, RevokeSession, SignIn
from tertulia.conversations.contract.updates import CatchUp, Position
from tertulia.kernel.errors import AppError
from tertulia.kernel.messages import Request
from tertulia.kit.db.copies import read_contents
from tertulia.runtime import restore as restoring
from tertulia.runtime.backup import take_backup
from tertulia.runtime.data import CannotStart, InUse
from tertulia.runtime.fsck import check
from tertulia.runtime.instance import opened
from tertulia.runtime.manifest import NAME, read_manifest
from tertulia.runtime.restore import restore, try_restore
from tertulia.runtime.settings import Settings
from tertulia.runtime.switch import READY
from tests.runtime.busy_data import LOCAL, PASSWORD, Story, fill
from tests.support.clock import StoppedClock

CLOCK = StoppedClock()
CHANGED = {"accounts_sessions", "conversations_conversations"}
"""What a restore changes by itself: sessions, and epochs."""


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Story]:
    """A data folder that was lived in with a backup beside it; nobody changes them."""
    place = tmp_path_factory.mktemp("lived")
    story = asyncio.run(fill(place / "data"))
    (place / "data" / "files").mkdir()
    (place / "data" / "files" / "one").write_text("a picture")
    take_backup(place / "data", place / "copy", CLOCK)
    return place, story


@pytest.fixture
def place(lived, tmp_path) -> Path:
    """A copy of both."""
    return shutil.copytree(lived[0], tmp_path / "place")


@pytest.fixture
def settings(place) -> Settings:
    return Settings(data=place / "data", rate_limits=False)


def holding(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "lock"
    }


def execute(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def epochs(data: Path) -> dict[str, str]:
    with closing(sqlite3.connect(data / "tertulia.db")) as connection:
        return dict(connection.execute("SELECT id, epoch FROM conversations_conversations"))


async def ask_all(settings: Settings, *requests: Request) -> list:
    """The answers of a server on this data, or the codes with which it refuses."""
    answers: list = []
    async with opened(settings) as instance:
        for request in requests:
            try:
                answers.append(await instance.bus.ask(request, LOCAL))
            except AppError as refusal:
                answers.append(refusal.code)
    return answers


# --- trying it out ----------------------------------------------------------------------------------


def test_a_trial_says_what_it_found_and_changes_nothing(place, settings):
    before = holding(place)
    tried = try_restore(place / "copy", settings, CLOCK)
    assert tried.report.clean
    assert tried.manifest == read_manifest(place / "copy")
    assert tried.seconds > 0
    assert tried.sessions_kept
    assert holding(place) == before


async def test_a_trial_is_made_while_the_server_runs(place, settings):
    async with opened(settings):
        tried = await asyncio.to_thread(try_restore, place / "copy", settings, CLOCK)
    assert tried.report.clean


def test_a_trial_where_there_is_no_data_yet_makes_none(place, settings):
    shutil.rmtree(settings.data)
    tried = try_restore(place / "copy", settings, CLOCK)
    assert tried.report.clean
    assert [path.name for path in place.iterdir()] == ["copy"]


def test_a_trial_tells_what_fsck_finds(place, settings):
    execute(settings.data / "tertulia.db", "UPDATE conversations_people SET search_name = 'x'")
    take_backup(settings.data, place / "worse", CLOCK)
    tried = try_restore(place / "worse", settings, CLOCK)
    assert tried.report.names == {"conversations.search_names"}


# --- doing it ---------------------------------------------------------------------------------------


def test_the_data_is_that_of_the_backup_and_the_other_is_kept(place, settings):
    execute(settings.data / "tertulia.db", "DELETE FROM conversations_reactions")
    lost = (settings.data / "tertulia.db").read_bytes()
    done = restore(place / "copy", settings, CLOCK)
    assert done.kept
    assert (done.kept / "tertulia.db").read_bytes() == lost
    restored = read_contents(settings.data / "tertulia.db")
    facts = done.manifest.tables
    assert {name for name, each in restored.items() if each.sha256 != facts[name].sha256} <= CHANGED
    assert {name: each.rows for name, each in restored.items()} == {
        name: each.rows for name, each in facts.items()
    }
    assert check(settings.data).clean


def test_every_log_has_an_epoch_that_never_was(place, settings):
    before = {*epochs(settings.data).values(), *epochs(place / "copy").values()}
    restore(place / "copy", settings, CLOCK)
    first = epochs(settings.data)
    assert len(set(first.values())) == len(first) > 0
    assert before.isdisjoint(first.values())
    restore(place / "copy", settings, StoppedClock(CLOCK.forward(seconds=1)))
    assert set(first.values()).isdisjoint(epochs(settings.data).values())


async def test_who_comes_back_is_told_to_start_anew(lived, place, settings):
    general, ana = lived[1].ids["general"], lived[1].people["ana"]
    log = read_manifest(place / "copy").logs[general]
    await asyncio.to_thread(restore, place / "copy", settings, CLOCK)
    async with opened(settings) as instance:
        missed = CatchUp(positions={general: Position(epoch=log.epoch, seq=log.head)})
        caught_up = await instance.bus.ask(missed, ana)
    assert caught_up.resync == [general]
    assert caught_up.updates == []


def test_other_files_are_exchanged_too(place, settings):
    (settings.data / "tertulia.toml").write_text("port = 1\n")
    take_backup(settings.data, place / "second", CLOCK)
    (settings.data / "tertulia.toml").write_text("port = 2\n")
    (settings.data / "later.txt").write_text("later")
    done = restore(place / "second", settings, CLOCK)
    assert (settings.data / "tertulia.toml").read_text() == "port = 1\n"
    assert not (settings.data / "later.txt").exists()
    assert done.kept
    assert (done.kept / "later.txt").read_text() == "later"


def test_it_makes_the_data_folder_of_a_new_machine(place, settings):
    elsewhere = settings.model_copy(update={"data": place / "new" / "data"})
    done = restore(place / "copy", elsewhere, CLOCK)
    assert done.kept is None
    assert check(elsewhere.data).clean


async def test_the_server_must_be_stopped(place, settings):
    async with opened(settings):
        with pytest.raises(InUse):
            await asyncio.to_thread(restore, place / "copy", settings, CLOCK)
    assert check(settings.data).clean


def test_what_was_cut_short_before_the_decision_changed_nothing(place, settings, monkeypatch):
    before = holding(settings.data)
    monkeypatch.setattr(restoring, "switch", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        restore(place / "copy", settings, CLOCK)
    assert holding(settings.data) == before


KILLED_AT = """
import pathlib, sys, time
from tertulia.kernel.clock import SystemClock
from tertulia.runtime import restore, switch
from tertulia.runtime.settings import Settings

def wait(*_):
    print("there", flush=True)
    time.sleep(60)

data, copy, module, name = sys.argv[1:]
setattr({"restore": restore, "switch": switch}[module], name, wait)
restore.restore(pathlib.Path(copy), Settings(data=pathlib.Path(data)), SystemClock())
"""


@pytest.mark.parametrize(
    ("module", "name", "is_restored"),
    [
        ("restore", "_follow", False),
        ("restore", "check", False),
        ("switch", "write_durably", False),
        ("switch", "_set_aside", True),
        ("switch", "_put_in_place", True),
    ],
)
def test_a_kill_leaves_the_old_or_the_new(lived, place, settings, module, name, is_restored):
    general = lived[1].ids["general"]
    old = epochs(settings.data)[general]
    program = [sys.executable, "-c", KILLED_AT, settings.data, place / "copy", module, name]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout
        while process.stdout.readline() not in {b"there\n", b""}:
            pass
        process.kill()
        process.wait()
    asyncio.run(ask_all(settings))
    assert check(settings.data).clean
    assert (epochs(settings.data)[general] != old) == is_restored
    assert not (settings.data / READY).exists()


# --- what cannot be restored ------------------------------------------------------------------------


def flip(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[len(held) // 2] ^= 1
    path.write_bytes(held)


def change_manifest(backup: Path, change) -> None:
    manifest = json.loads((backup / NAME).read_text("utf-8"))
    change(manifest)
    (backup / NAME).write_text(json.dumps(manifest), "utf-8")


def link(path: Path) -> None:
    path.symlink_to(path.rename(path.parents[1] / "elsewhere"))


BREAKS = {
    "a bit": lambda copy: flip(copy / "tertulia.db"),
    "a missing file": lambda copy: (copy / "tertulia.db").unlink(),
    "a missing row": lambda copy: change_manifest(
        copy, lambda it: it["tables"]["accounts_users"].update(rows=99)
    ),
    "another row": lambda copy: change_manifest(
        copy, lambda it: it["tables"]["accounts_users"].update(sha256="")
    ),
    "a missing table": lambda copy: change_manifest(
        copy, lambda it: it["tables"].update(more={"rows": 0, "sha256": ""})
    ),
    "no database": lambda copy: change_manifest(copy, lambda it: it["files"].pop("tertulia.db")),
    "a link": lambda copy: link(copy / "files" / "one"),
    "a link to a folder": lambda copy: link(copy / "files"),
    "half a manifest": lambda copy: (copy / NAME).write_text('{"format": 1'),
}


@pytest.mark.parametrize("what", BREAKS)
@pytest.mark.parametrize("act", [try_restore, restore])
def test_a_damaged_backup_is_refused_and_nothing_changes(place, settings, act, what):
    BREAKS[what](place / "copy")
    before = holding(settings.data)
    with pytest.raises(CannotStart) as refused:
        act(place / "copy", settings, CLOCK)
    assert refused.value.code == "backup_damaged"
    assert holding(settings.data) == before


def test_a_backup_of_a_newer_version_is_refused(place, settings):
    execute(settings.data / "tertulia.db", "UPDATE alembic_version_accounts SET version_num = 'x9'")
    take_backup(settings.data, place / "newer", CLOCK)
    with pytest.raises(CannotStart) as refused:
        restore(place / "newer", settings, CLOCK)
    assert refused.value.code == "newer"
    assert not (settings.data / READY).exists()


def test_a_backup_may_itself_be_reached_by_a_link(place, settings):
    (place / "latest").symlink_to(place / "copy")
    assert try_restore(place / "latest", settings, CLOCK).report.clean


# --- sessions and passwords -------------------------------------------------------------------------


async def test_what_was_revoked_since_stays_revoked(lived, settings, place):
    """And who signed in since, or did nothing, stays signed in."""
    tokens = lived[1].tokens
    async with opened(settings) as instance:
        ana = await instance.bus.ask(Authenticate(token=tokens["ana"]), LOCAL)
        actor = lived[1].people["ana"].model_copy(update={"session_id": ana.session_id})
        await instance.bus.ask(RevokeSession(session_id="current"), actor)
        later = await instance.bus.ask(SignIn(login="ana", password=PASSWORD), LOCAL)
    done = await asyncio.to_thread(restore, place / "copy", settings, CLOCK)
    assert done.sessions_kept
    wanted = (tokens["ana"], later.token, tokens["bruno"])
    answers = await ask_all(settings, *(Authenticate(token=token) for token in wanted))
    assert answers[0] == "unauthenticated"
    assert [answer.user.username for answer in answers[1:]] == ["ana", "bruno"]


async def test_a_password_that_was_replaced_since_stays_replaced(settings, place):
    async with opened(settings) as instance:
        await instance.bus.ask(ResetPassword(username="ana", password="otra cosa muy larga"))
    await asyncio.to_thread(restore, place / "copy", settings, CLOCK)
    old, new = await ask_all(
        settings,
        SignIn(login="ana", password=PASSWORD),
        SignIn(login="ana", password="otra cosa muy larga"),
    )
    assert old == "accounts.wrong_credentials"
    assert new.user.username == "ana"


@pytest.mark.parametrize("how", ["gone", "broken", "older"])
async def test_where_the_data_before_cannot_be_read_all_sessions_end(lived, settings, place, how):
    database = settings.data / "tertulia.db"
    if how == "gone":
        shutil.rmtree(settings.data)
    elif how == "broken":
        database.write_bytes(b"nothing of the kind " * 1000)
    else:
        execute(database, "DELETE FROM alembic_version_accounts")
    done = await asyncio.to_thread(restore, place / "copy", settings, CLOCK)
    assert not done.sessions_kept
    answers = await ask_all(
        settings,
        Authenticate(token=lived[1].tokens["ana"]),
        SignIn(login="ana", password=PASSWORD),
    )
    assert answers[0] == "unauthenticated"
    assert answers[1].user.username == "ana"
