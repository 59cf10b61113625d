"""What the calls of a record mean: changes of files below a folder, and bytes sent on sockets."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from tertulia.chaos.power.calls import (
    Call,
    MadeFolder,
    Opened,
    Removed,
    Renamed,
    Sent,
    Synced,
    Truncated,
    Wrote,
)
from tertulia.chaos.power.strace import REFUSED, Entry, entries

_FD = rb"\d+<([^>]*)>(\(deleted\))?"
_AT = rb"(?:AT_FDCWD|\d+)(?:<([^>]*)>)?"
_TEXT = rb'"([^"]*)"(\.\.\.)?'
_ON_FILE = re.compile(_FD)
_WRITE = re.compile(_FD + rb", " + _TEXT + rb", \d+(?:, (\d+))?")
_VECTOR = re.compile(_FD + rb", \[(.*)\], \d+", re.DOTALL)
_SENDTO = re.compile(_FD + rb", " + _TEXT + rb", \d+, .*", re.DOTALL)
_PART = re.compile(rb"iov_base=" + _TEXT)
_TRUNCATE = re.compile(_FD + rb", (\d+)")
_ONE_PATH = re.compile(rb"(?:" + _AT + rb", )?" + _TEXT + rb"(?:, (.*))?", re.DOTALL)
_TWO_PATHS = re.compile(
    rb"(?:" + _AT + rb", )?" + _TEXT + rb", (?:" + _AT + rb", )?" + _TEXT + rb"(?:, .*)?"
)
_SOCKET = "socket:["


def read_calls(lines: Iterable[bytes], root: Path) -> Iterator[Call]:
    """The calls on files below `root`, by paths relative to it, and those on sockets.

    In the order in which they returned. Raises `NotUnderstood`.
    """
    reader = _Reader(str(root))
    for entry in entries(lines):
        call = reader.read(entry)
        if call is not None:
            yield call


def _plain(text: bytes) -> bytes:
    r"""What `\x61\x62` stands for; text that is not in hexadecimal stands for itself."""
    return bytes.fromhex(text.replace(rb"\x", b"").decode()) if text[:2] == rb"\x" else text


class _Reader:
    """Gives each call its meaning."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._paths: dict[bytes, str] = {}
        self._kinds: Mapping[str, Callable[[Entry], Call | None]] = {
            **dict.fromkeys(("openat", "open", "creat"), self._open),
            **dict.fromkeys(("mkdir", "mkdirat"), self._make_folder),
            **dict.fromkeys(("unlink", "unlinkat", "rmdir"), self._remove),
            **dict.fromkeys(("rename", "renameat", "renameat2"), self._rename),
            **dict.fromkeys(("write", "pwrite64"), self._write),
            **dict.fromkeys(("fsync", "fdatasync"), self._sync),
            **dict.fromkeys(REFUSED, self._refuse),
            "writev": self._write_vector,
            "ftruncate": self._truncate,
            "sendto": self._send,
            "sendmsg": self._send_parts,
        }

    def read(self, entry: Entry) -> Call | None:
        """The call, where it matters."""
        kind = self._kinds.get(entry.name)
        if kind is None:
            raise entry.not_understood()
        if entry.failed and kind != self._sync:
            return None
        return kind(entry)

    # --- files ------------------------------------------------------------------------------------------

    def _open(self, entry: Entry) -> Call | None:
        found = _matched(_ONE_PATH, entry)
        flags = b"O_CREAT|O_TRUNC|O_WRONLY" if entry.name == "creat" else found[4]
        path = self._named(found[1], found[2])
        if path is None or not re.search(rb"O_WRONLY|O_RDWR|O_CREAT", flags):
            return None
        creates, empties = b"O_CREAT" in flags, b"O_TRUNC" in flags
        return Opened(entry.start, entry.end, path, creates, empties)

    def _make_folder(self, entry: Entry) -> Call | None:
        path = self._one_path(entry)
        return None if path is None else MadeFolder(entry.start, entry.end, path)

    def _remove(self, entry: Entry) -> Call | None:
        path = self._one_path(entry)
        return None if path is None else Removed(entry.start, entry.end, path)

    def _rename(self, entry: Entry) -> Call | None:
        found = _matched(_TWO_PATHS, entry)
        path, to = self._named(found[1], found[2]), self._named(found[4], found[5])
        if path is None and to is None:
            return None
        if path is None or to is None:
            raise entry.not_understood()
        return Renamed(entry.start, entry.end, path, to)

    def _write(self, entry: Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        found = _matched(_WRITE, entry)
        if place.startswith(_SOCKET):
            return Sent(entry.start, entry.end, place, _data(entry, found[3], found[4]))
        if found[5] is None:  # where the descriptor stands is not recorded
            raise entry.not_understood()
        data = _data(entry, found[3], found[4])
        return Wrote(entry.start, entry.end, place, int(found[5]), data)

    def _truncate(self, entry: Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        return Truncated(entry.start, entry.end, place, int(_matched(_TRUNCATE, entry)[3]))

    def _sync(self, entry: Entry) -> Call | None:
        place = self._place(entry)
        return None if place is None else Synced(entry.start, entry.end, place, entry.failed)

    def _refuse(self, entry: Entry) -> Call | None:
        if entry.name == "mmap" and not re.search(rb"PROT_WRITE.*MAP_SHARED", entry.arguments):
            return None
        places = [
            self._below(found) for found in re.findall(rb'[<"]([^<>"]*)[>"]', entry.arguments)
        ]
        if any(place and not place.endswith("-shm") for place in places):
            raise entry.not_understood()
        return None

    # --- sockets ----------------------------------------------------------------------------------------

    def _write_vector(self, entry: Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        if not place.startswith(_SOCKET):
            raise entry.not_understood()
        return _sent(entry, place, _matched(_VECTOR, entry)[3])

    def _send(self, entry: Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        found = _matched(_SENDTO, entry)
        return Sent(entry.start, entry.end, place, _data(entry, found[3], found[4]))

    def _send_parts(self, entry: Entry) -> Call | None:
        place = self._place(entry)
        return None if place is None else _sent(entry, place, entry.arguments)

    # --- paths ------------------------------------------------------------------------------------------

    def _place(self, entry: Entry) -> str | None:
        """The file below the root, or the socket, that a descriptor stands for."""
        found = _ON_FILE.match(entry.arguments)
        if found is None:
            raise entry.not_understood()
        return None if found[2] else self._below(found[1])

    def _one_path(self, entry: Entry) -> str | None:
        found = _matched(_ONE_PATH, entry)
        return self._named(found[1], found[2])

    def _named(self, folder: bytes | None, name: bytes) -> str | None:
        plain = _plain(name)
        if not plain.startswith(b"/") and folder is not None:
            plain = _plain(folder) + b"/" + plain
        return self._below(plain)

    def _below(self, shown: bytes) -> str | None:
        known = self._paths.get(shown)
        if known is None:
            known = self._paths[shown] = self._relative(_plain(shown).decode("utf-8", "replace"))
        return known or None

    def _relative(self, path: str) -> str:
        if path.startswith(_SOCKET):
            return path
        if path == self._root:
            return "."
        return path.removeprefix(self._root + "/") if path.startswith(self._root + "/") else ""


def _matched(pattern: re.Pattern[bytes], entry: Entry) -> re.Match[bytes]:
    found = pattern.fullmatch(entry.arguments)
    if found is None:
        raise entry.not_understood()
    return found


def _data(entry: Entry, text: bytes, cut: bytes | None) -> bytes:
    """What was written of a string: as much as the call says."""
    if cut:
        raise entry.not_understood()
    data = _plain(text)
    return data if entry.end is None else data[: int(entry.result)]


def _sent(entry: Entry, socket: str, parts: bytes) -> Sent:
    whole = b"".join(_data_of_part(entry, found) for found in _PART.finditer(parts))
    data = whole if entry.end is None else whole[: int(entry.result)]
    return Sent(entry.start, entry.end, socket, data)


def _data_of_part(entry: Entry, found: re.Match[bytes]) -> bytes:
    if found[2]:
        raise entry.not_understood()
    return _plain(found[1])
