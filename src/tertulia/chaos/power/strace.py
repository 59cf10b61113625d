"""What strace writes, read as a stream of calls. Strict: what it does not understand, it says.

The log comes from `strace` with `OPTIONS`: one file for all threads, paths beside descriptors, all strings
in hexadecimal. A call that another thread's line interrupted stands in two lines, which are joined.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
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

_READ = [
    "openat",
    "open",
    "creat",
    "mkdir",
    "mkdirat",
    "unlink",
    "unlinkat",
    "rmdir",
    "rename",
    "renameat",
    "renameat2",
    "pwrite64",
    "write",
    "writev",
    "ftruncate",
    "fsync",
    "fdatasync",
    "sendto",
    "sendmsg",
]
_REFUSED = [
    "pwritev",
    "pwritev2",
    "fallocate",
    "truncate",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "sendfile",
    "copy_file_range",
    "splice",
    "sendmmsg",
    "mmap",
]
"""No part of the product uses these on its data; if one comes to, the reader has to learn it."""

OPTIONS = (
    "-f",
    "-q",
    "--seccomp-bpf",
    "-y",
    "-xx",
    "-s",
    "1048576",
    "-e",
    "trace=" + ",".join(f"?{name}" for name in (*_READ, *_REFUSED)),
)
"""`?` passes over the calls that a processor's kernel does not have."""


class NotUnderstood(Exception):
    """A line of the record that the reader has no meaning for; `line` counts from 1."""

    def __init__(self, line: int, text: bytes) -> None:
        self.line = line
        super().__init__(f"line {line}: {text[:200].decode('ascii', 'backslashreplace')}")


@dataclass(frozen=True, slots=True)
class _Entry:
    """A whole call as strace shows it."""

    start: int
    end: int | None
    name: str
    arguments: bytes
    result: bytes
    remark: bytes

    @property
    def failed(self) -> bool:
        return self.result == b"-1"

    def not_understood(self) -> NotUnderstood:
        return NotUnderstood(self.start, self.name.encode() + b"(" + self.arguments)


_LINE = re.compile(rb"(\d+) +(?:(\w+)\(|<\.\.\. \w+ resumed>|\+\+\+ |--- )")
_RETURNED = re.compile(rb"(.*)\) += (-?\d+|\?)(.*)", re.DOTALL)
_UNFINISHED = b" <unfinished ...>"


def read_calls(lines: Iterable[bytes], root: Path) -> Iterator[Call]:
    """The calls on files below `root`, by paths relative to it, and those on sockets.

    In the order in which they returned. Raises `NotUnderstood`.
    """
    reader = _Reader(str(root))
    for entry in _entries(lines):
        call = reader.read(entry)
        if call is not None:
            yield call


def _entries(lines: Iterable[bytes]) -> Iterator[_Entry]:
    begun: dict[bytes, tuple[int, str, bytes]] = {}
    for number, line in enumerate(lines, 1):
        text = line.rstrip(b"\n")
        found = _LINE.match(text)
        if found is None:
            raise NotUnderstood(number, text)
        thread, name = found.group(1, 2)
        rest = text[found.end() :]
        start, known, before = number, (name or b"").decode(), b""
        if name is None and not text[: found.end()].endswith(b"resumed>"):
            continue
        if name is None:
            start, known, before = _begun(begun, thread, number, text)
        if rest.endswith(_UNFINISHED):
            begun[thread] = (start, known, before + rest.removesuffix(_UNFINISHED))
            continue
        yield _entry(start, number, known, before + rest)
    for start, known, before in begun.values():
        yield _Entry(start, None, known, before, b"?", b"")


def _begun(
    begun: dict[bytes, tuple[int, str, bytes]], thread: bytes, number: int, text: bytes
) -> tuple[int, str, bytes]:
    try:
        return begun.pop(thread)
    except KeyError:
        raise NotUnderstood(number, text) from None


def _entry(start: int, end: int, name: str, text: bytes) -> _Entry:
    found = _RETURNED.fullmatch(text)
    if found is None:
        raise NotUnderstood(start, text)
    arguments, result, remark = found.groups()
    return _Entry(start, None if result == b"?" else end, name, arguments, result, remark)


# --- arguments ------------------------------------------------------------------------------------------

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


def _plain(text: bytes) -> bytes:
    r"""What `\x61\x62` stands for; text that is not in hexadecimal stands for itself."""
    return bytes.fromhex(text.replace(rb"\x", b"").decode()) if text[:2] == rb"\x" else text


class _Reader:
    """Gives each call its meaning."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._paths: dict[bytes, str] = {}
        self._kinds: Mapping[str, Callable[[_Entry], Call | None]] = {
            **dict.fromkeys(("openat", "open", "creat"), self._open),
            **dict.fromkeys(("mkdir", "mkdirat"), self._make_folder),
            **dict.fromkeys(("unlink", "unlinkat", "rmdir"), self._remove),
            **dict.fromkeys(("rename", "renameat", "renameat2"), self._rename),
            **dict.fromkeys(("write", "pwrite64"), self._write),
            **dict.fromkeys(("fsync", "fdatasync"), self._sync),
            **dict.fromkeys(_REFUSED, self._refuse),
            "writev": self._write_vector,
            "ftruncate": self._truncate,
            "sendto": self._send,
            "sendmsg": self._send_parts,
        }

    def read(self, entry: _Entry) -> Call | None:
        """The call, where it matters."""
        kind = self._kinds.get(entry.name)
        if kind is None:
            raise entry.not_understood()
        if entry.failed and kind != self._sync:
            return None
        return kind(entry)

    # --- files ------------------------------------------------------------------------------------------

    def _open(self, entry: _Entry) -> Call | None:
        found = _matched(_ONE_PATH, entry)
        flags = b"O_CREAT|O_TRUNC|O_WRONLY" if entry.name == "creat" else found[4]
        path = self._named(found[1], found[2])
        if path is None or not re.search(rb"O_WRONLY|O_RDWR|O_CREAT", flags):
            return None
        creates, empties = b"O_CREAT" in flags, b"O_TRUNC" in flags
        return Opened(entry.start, entry.end, path, creates, empties)

    def _make_folder(self, entry: _Entry) -> Call | None:
        path = self._one_path(entry)
        return None if path is None else MadeFolder(entry.start, entry.end, path)

    def _remove(self, entry: _Entry) -> Call | None:
        path = self._one_path(entry)
        return None if path is None else Removed(entry.start, entry.end, path)

    def _rename(self, entry: _Entry) -> Call | None:
        found = _matched(_TWO_PATHS, entry)
        path, to = self._named(found[1], found[2]), self._named(found[4], found[5])
        if path is None and to is None:
            return None
        if path is None or to is None:
            raise entry.not_understood()
        return Renamed(entry.start, entry.end, path, to)

    def _write(self, entry: _Entry) -> Call | None:
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

    def _truncate(self, entry: _Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        return Truncated(entry.start, entry.end, place, int(_matched(_TRUNCATE, entry)[3]))

    def _sync(self, entry: _Entry) -> Call | None:
        place = self._place(entry)
        return None if place is None else Synced(entry.start, entry.end, place, entry.failed)

    def _refuse(self, entry: _Entry) -> Call | None:
        if entry.name == "mmap" and not re.search(rb"PROT_WRITE.*MAP_SHARED", entry.arguments):
            return None
        places = [
            self._below(found) for found in re.findall(rb'[<"]([^<>"]*)[>"]', entry.arguments)
        ]
        if any(place and not place.endswith("-shm") for place in places):
            raise entry.not_understood()
        return None

    # --- sockets ----------------------------------------------------------------------------------------

    def _write_vector(self, entry: _Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        if not place.startswith(_SOCKET):
            raise entry.not_understood()
        return _sent(entry, place, _matched(_VECTOR, entry)[3])

    def _send(self, entry: _Entry) -> Call | None:
        place = self._place(entry)
        if place is None:
            return None
        found = _matched(_SENDTO, entry)
        return Sent(entry.start, entry.end, place, _data(entry, found[3], found[4]))

    def _send_parts(self, entry: _Entry) -> Call | None:
        place = self._place(entry)
        return None if place is None else _sent(entry, place, entry.arguments)

    # --- paths ------------------------------------------------------------------------------------------

    def _place(self, entry: _Entry) -> str | None:
        """The file below the root, or the socket, that a descriptor stands for."""
        found = _ON_FILE.match(entry.arguments)
        if found is None:
            raise entry.not_understood()
        return None if found[2] else self._below(found[1])

    def _one_path(self, entry: _Entry) -> str | None:
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


def _matched(pattern: re.Pattern[bytes], entry: _Entry) -> re.Match[bytes]:
    found = pattern.fullmatch(entry.arguments)
    if found is None:
        raise entry.not_understood()
    return found


def _data(entry: _Entry, text: bytes, cut: bytes | None) -> bytes:
    """What was written of a string: as much as the call says."""
    if cut:
        raise entry.not_understood()
    data = _plain(text)
    return data if entry.end is None else data[: int(entry.result)]


def _sent(entry: _Entry, socket: str, parts: bytes) -> Sent:
    whole = b"".join(_data_of_part(entry, found) for found in _PART.finditer(parts))
    data = whole if entry.end is None else whole[: int(entry.result)]
    return Sent(entry.start, entry.end, socket, data)


def _data_of_part(entry: _Entry, found: re.Match[bytes]) -> bytes:
    if found[2]:
        raise entry.not_understood()
    return _plain(found[1])
