"""An exchange of all data leaves the old or the new, wherever a crash meets it."""

import errno
import shutil
from itertools import count
from pathlib import Path

import pytest

from tertulia.runtime import switch as switching
from tertulia.runtime.data import DataFolder
from tertulia.runtime.switch import BACKUPS, DECISION, READY, finish, made_ready, switch

OLD = {"tertulia.db": "old", "tertulia.db-wal": "old", "files": {"a": "old", "b": "old"}}
NEW = {"tertulia.db": "new", "tertulia.toml": "new", "files": {"a": "new", "c": "new"}}
STEPS = ("rename", "unlink", "mkdir")


class Crash(BaseException):
    """The process is gone."""


def lay(folder: Path, content: dict) -> Path:
    folder.mkdir()
    for name, held in content.items():
        if isinstance(held, dict):
            lay(folder / name, held)
        else:
            (folder / name).write_text(held)
    return folder


def held(folder: Path) -> dict:
    return {
        path.name: held(path) if path.is_dir() else path.read_text()
        for path in folder.iterdir()
        if path.name not in {"lock", BACKUPS, READY, DECISION} and path.name[0] != "."
    }


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = lay(tmp_path / "data", OLD)
    lay(folder / READY, NEW)
    return folder


def crashed(act, at: int, *, before: bool) -> bool:
    """Whether the process was gone at the n-th change of names, just before or just after it."""
    originals = {name: getattr(Path, name) for name in STEPS}
    numbers = count(1)

    def crashing(name):
        def step(self, *args, **kwargs):
            number = next(numbers)
            if number == at and before:
                raise Crash
            originals[name](self, *args, **kwargs)
            if number == at:
                raise Crash

        return step

    with pytest.MonkeyPatch.context() as patch:
        for name in STEPS:
            patch.setattr(Path, name, crashing(name))
        try:
            act()
        except Crash:
            return True
    return False


def test_the_new_is_there_and_the_old_is_kept(folder):
    switch(folder, "before")
    assert held(folder) == NEW
    assert held(folder / BACKUPS / "before") == OLD
    assert not (folder / READY).exists()
    assert not (folder / DECISION).exists()


def test_into_an_empty_folder(tmp_path):
    folder = lay(tmp_path / "data", {})
    lay(folder / READY, NEW)
    switch(folder, "before")
    assert held(folder) == NEW


@pytest.mark.parametrize("before", [True, False])
def test_a_crash_at_any_step_leaves_the_old_or_the_new(tmp_path, before):
    seen, at = set(), 0
    for at in count(1):
        folder = lay(tmp_path / str(at), OLD)
        lay(folder / READY, NEW)
        over = not crashed(lambda folder=folder: switch(folder, "x"), at, before=before)
        decided = (folder / DECISION).exists()
        with DataFolder(folder).locked():
            pass
        found = held(folder)
        assert found in (OLD, NEW)
        assert not decided or found == NEW
        assert not (folder / READY).exists()
        if found == NEW:
            assert held(folder / BACKUPS / "x") == OLD
        seen.add(found["tertulia.db"])
        if over:
            break
    assert seen == ({"old", "new"} if before else {"new"})
    assert at > 8


def test_a_crash_while_a_crash_is_mended_changes_nothing(folder, tmp_path):
    assert crashed(lambda: switch(folder, "x"), 4, before=True)
    assert (folder / DECISION).exists()
    for at in count(1):
        copy = shutil.copytree(folder, tmp_path / str(at))
        over = not crashed(lambda copy=copy: finish(copy), at, before=False)
        finish(copy)
        assert held(copy) == NEW
        assert held(copy / BACKUPS / "x") == OLD
        if over:
            break


def exchange(folder: Path) -> None:
    with made_ready(folder) as ready:
        (ready / "tertulia.db").write_text("new")
        switch(folder, "before")


def failing(error: BaseException):
    def fail(*_):
        raise error

    return fail


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(errno.ENOSPC, "full")])
@pytest.mark.parametrize(("where", "step"), [(switching, "sync"), (Path, "rename")])
def test_what_fails_before_the_decision_goes_at_once(tmp_path, monkeypatch, where, step, error):
    folder = lay(tmp_path / "data", OLD)
    monkeypatch.setattr(where, step, failing(error))
    with pytest.raises(type(error)):
        exchange(folder)
    assert {path.name for path in folder.iterdir()} == set(OLD)


def test_what_fails_after_the_decision_is_finished_by_the_next(tmp_path, monkeypatch):
    folder = lay(tmp_path / "data", OLD)
    monkeypatch.setattr(switching, "_put_in_place", failing(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        exchange(folder)
    monkeypatch.undo()
    with DataFolder(folder).locked():
        pass
    assert held(folder) == {"tertulia.db": "new"}


def test_what_was_not_decided_is_forgotten(folder):
    with DataFolder(folder).locked():
        pass
    assert held(folder) == OLD
    assert not (folder / READY).exists()
