"""A disk that is cut off: what it may hold when the power fails at some point of a record.

What a file held when it was last synced is there. Of the writes and truncations since then, any may be
missing, and the last one kept may be torn. The same goes for names: those that were made, removed or
changed since their folder was synced may be so, or not. The bytes around a write are safe, as SQLite
assumes too (SQLITE_IOCAP_POWERSAFE_OVERWRITE).

After a failed sync the kernel may have dropped what it could not write, and no later sync brings it back
(fsyncgate, PostgreSQL 2018); here it always has.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from tertulia.chaos.power.calls import (
    Call,
    Change,
    MadeFolder,
    Opened,
    Removed,
    Renamed,
    Synced,
    Truncated,
    Wrote,
)

SECTOR = 512
SHARES_LOST = (0.0, 0.1, 0.5, 0.9, 1.0)
"""Of what was not synced; an image draws one of them."""

Image = Mapping[str, bytes | None]
"""Files by their path, and folders, which are None."""


class UnknownFile(Exception):
    """A call on a file that neither stood at the beginning nor was opened since."""


@dataclass(slots=True)
class _File:
    stable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)

    def sync(self, call: Synced) -> None:
        done = [change for change in self.pending if change.is_over(call.start)]
        self.pending = [change for change in self.pending if not change.is_over(call.start)]
        if not call.failed:
            for change in done:
                _apply(self.stable, change)

    def torn(self, chance: random.Random, lost: float) -> bytes:
        content = bytearray(self.stable)
        kept = [change for change in self.pending if chance.random() >= lost]
        for change in kept[:-1]:
            _apply(content, change)
        for change in kept[-1:]:
            _apply(content, _tear(change, chance))
        return bytes(content)


_FOLDER = None
_GONE = object()


@dataclass(frozen=True, slots=True)
class _Move:
    """What one call did to names; a name that is absent afterwards is `_GONE`."""

    call: Call
    names: Mapping[str, Any]

    def is_in(self, folder: str) -> bool:
        return any(_parent(name) == folder for name in self.names)


class Disk:
    """What the running system sees, and what of it is certain to be on the disk."""

    def __init__(self, start: Image) -> None:
        files: dict[str, Any] = {
            path: _FOLDER if data is None else _File(bytearray(data))
            for path, data in start.items()
        }
        self._seen: dict[str, Any] = {".": _FOLDER, **files}
        self._stable: dict[str, Any] = dict(self._seen)
        self._moves: list[_Move] = []
        self._acts: Mapping[type[Call], Callable[[Any], None]] = {
            Opened: self._open,
            Wrote: self._change,
            Truncated: self._change,
            MadeFolder: self._make_folder,
            Removed: self._remove,
            Renamed: self._rename,
            Synced: self._sync,
        }

    def apply(self, call: Call) -> None:
        """Carry out the next call: a sync when it returns, any other when it begins."""
        act = self._acts.get(type(call))
        if act is not None:
            act(call)

    def cut(self, chance: random.Random) -> Image:
        """What it may hold if the power fails now."""
        lost = chance.choice(SHARES_LOST)
        names = self._names_after(chance, lost)
        return {
            path: entry.torn(chance, lost) if isinstance(entry, _File) else None
            for path, entry in sorted(names.items())
            if path != "." and not path.endswith("-shm") and _is_reachable(path, names)
        }

    def _names_after(self, chance: random.Random, lost: float) -> dict[str, Any]:
        names, stale = dict(self._stable), set[str]()
        for move in self._moves:
            if chance.random() < lost or stale & move.names.keys():
                stale |= move.names.keys()  # what came later to these names builds on it
            else:
                _rename(names, move)
        return names

    # --- files ------------------------------------------------------------------------------------------

    def _file(self, path: str) -> _File:
        found = self._seen.get(path)
        if not isinstance(found, _File):
            raise UnknownFile(path)
        return found

    def _change(self, call: Change) -> None:
        self._file(call.path).pending.append(call)

    def _open(self, call: Opened) -> None:
        if call.path not in self._seen:
            if not call.creates:
                raise UnknownFile(call.path)
            self._move(call, {call.path: _File()})
        elif call.empties:
            self._change(Truncated(call.start, call.end, call.path, 0))

    # --- names ------------------------------------------------------------------------------------------

    def _make_folder(self, call: MadeFolder) -> None:
        self._move(call, {call.path: _FOLDER})

    def _remove(self, call: Removed) -> None:
        if call.path in self._seen:  # sockets are not recorded
            self._move(call, {call.path: _GONE})

    def _rename(self, call: Renamed) -> None:
        self._move(call, {call.path: _GONE, call.to: self._seen[call.path]})

    def _move(self, call: Call, names: Mapping[str, Any]) -> None:
        move = _Move(call, names)
        _rename(self._seen, move)
        self._moves.append(move)

    def _sync(self, call: Synced) -> None:
        found = self._seen.get(call.path, _GONE)
        if isinstance(found, _File):
            found.sync(call)
        elif found is _FOLDER and not call.failed:
            self._sync_folder(call)

    def _sync_folder(self, call: Synced) -> None:
        for move in self._moves:
            if move.is_in(call.path) and move.call.is_over(call.start):
                _rename(self._stable, move)
        self._moves = [
            move
            for move in self._moves
            if not (move.is_in(call.path) and move.call.is_over(call.start))
        ]


def moments(calls: Iterable[Call]) -> Iterator[tuple[int, Call]]:
    """The calls with the line at which each takes effect on the disk, in this order."""
    timed = [(call.end if isinstance(call, Synced) else call.start, call) for call in calls]
    yield from sorted(
        ((line, call) for line, call in timed if line is not None), key=lambda each: each[0]
    )


def read_image(folder: Path) -> Image:
    """What a folder holds, by paths relative to it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.is_file() or path.is_dir()
    }


def write_image(image: Image, folder: Path) -> None:
    """Fill an empty folder."""
    for name, data in image.items():
        path = folder / name
        if data is None:
            path.mkdir(mode=0o700)
        else:
            path.write_bytes(data)


def _apply(content: bytearray, change: Change) -> None:
    if isinstance(change, Truncated):
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
        return
    content.extend(bytes(max(0, change.offset - len(content))))
    content[change.offset : change.offset + len(change.data)] = change.data


def _tear(change: Change, chance: random.Random) -> Change:
    """Half of a write: up to the border of a sector, or from there on."""
    if isinstance(change, Truncated):
        return change
    end = change.offset + len(change.data)
    borders = range(change.offset // SECTOR * SECTOR + SECTOR, end, SECTOR)
    if not borders:
        return change
    border = chance.choice(borders) - change.offset
    if chance.random() < 0.5:
        return Wrote(change.start, change.end, change.path, change.offset, change.data[:border])
    rest = change.data[border:]
    return Wrote(change.start, change.end, change.path, change.offset + border, rest)


def _rename(names: dict[str, Any], move: _Move) -> None:
    for name, entry in move.names.items():
        if entry is _GONE:
            names.pop(name, None)
        else:
            names[name] = entry


def _parent(path: str) -> str:
    return str(PurePosixPath(path).parent)


def _is_reachable(path: str, names: Mapping[str, Any]) -> bool:
    return all(str(folder) in names for folder in PurePosixPath(path).parents)
