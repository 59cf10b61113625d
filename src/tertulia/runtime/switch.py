"""Exchanging all that a data folder holds, so that a crash leaves the old or the new, never a mixture.

What is to come lies ready in `restoring/`. A file, `restore.json`, decides: until it is there the old
stays, from then on the new comes. Whoever locks the folder next finishes what a crash interrupted.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tertulia.runtime.files import sync, write_durably

READY, DECISION = "restoring", "restore.json"
MOVING_LOCK = "moving.lock"
BACKUPS = "backups"
OF_THE_MOMENT = frozenset({"lock", "admin.sock", MOVING_LOCK, BACKUPS, READY, DECISION})
"""Names that stay where they are: of the process, of earlier copies, and of the exchange itself."""


def kept_names(folder: Path) -> list[str]:
    """What stands in a data folder and is its content, not of the moment; hidden things are neither."""
    names = (path.name for path in folder.iterdir())
    return sorted(filter(is_kept, names))


def is_kept(name: str) -> bool:
    """Whether what has this name in a data folder is its content."""
    return bool(name) and name[0] != "." and name not in OF_THE_MOMENT


@contextmanager
def made_ready(folder: Path) -> Iterator[Path]:
    """The place of what is to come; it is gone at once where no exchange is decided."""
    ready = folder / READY
    ready.mkdir(mode=0o700)
    try:
        yield ready
    finally:
        if not (folder / DECISION).exists():
            shutil.rmtree(ready, ignore_errors=True)


def switch(folder: Path, aside: str) -> None:
    """Put what lies ready in place of what is there, and that into `backups/<aside>`; for who has the lock."""
    ready = folder / READY
    for path in ready.rglob("*"):
        sync(path)
    sync(ready)
    plan = {"aside": aside, "old": kept_names(folder), "new": kept_names(ready)}
    write_durably(folder / DECISION, json.dumps(plan))
    finish(folder)


def finish(folder: Path) -> None:
    """Go on with an exchange that was decided, or forget one that was not. Repeating it changes nothing."""
    ready, decision = folder / READY, folder / DECISION
    if decision.exists():
        plan = json.loads(decision.read_text("utf-8"))
        _set_aside(folder, plan["aside"], plan["old"])
        _put_in_place(folder, plan["new"])
        decision.unlink()
        sync(folder)
    if ready.exists():
        shutil.rmtree(ready)


def _set_aside(folder: Path, aside: str, names: Sequence[str]) -> None:
    target = folder / BACKUPS / aside
    target.parent.mkdir(mode=0o700, exist_ok=True)
    target.mkdir(mode=0o700, exist_ok=True)
    for name in names:
        # Once the old one is aside, what stands in its place is the new one.
        if (folder / name).exists() and not (target / name).exists():
            (folder / name).rename(target / name)
    sync(target)
    sync(target.parent)
    sync(folder)


def _put_in_place(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        if (folder / READY / name).exists():
            (folder / READY / name).rename(folder / name)
    sync(folder)
