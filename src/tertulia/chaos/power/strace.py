"""What strace writes, as a stream of whole calls. Strict: a line that it does not understand, it says.

The log comes from `strace` with `OPTIONS`: one file for all threads, paths beside descriptors, all strings
in hexadecimal. A call that another thread's line interrupted stands in two lines, which are joined.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

READ = frozenset(
    {"openat", "open", "creat", "mkdir", "mkdirat", "unlink", "unlinkat", "rmdir"}
    | {"rename", "renameat", "renameat2", "ftruncate", "pwrite64", "fsync", "fdatasync"}
    | {"write", "writev", "sendto", "sendmsg"}
)
REFUSED = frozenset(
    {"pwritev", "pwritev2", "fallocate", "truncate", "link", "linkat", "symlink", "symlinkat"}
    | {"sendfile", "copy_file_range", "splice", "sendmmsg", "mmap"}
)
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
    "trace=" + ",".join(f"?{name}" for name in sorted(READ | REFUSED)),
)
"""`?` passes over the calls that a processor's kernel does not have."""


class NotUnderstood(Exception):
    """A line of the record that the reader has no meaning for; `line` counts from 1."""

    def __init__(self, line: int, text: bytes) -> None:
        self.line = line
        super().__init__(f"line {line}: {text[:200].decode('ascii', 'backslashreplace')}")


@dataclass(frozen=True, slots=True)
class Entry:
    """A whole call as strace shows it. `result` is `?` where it never returned."""

    start: int
    end: int | None
    name: str
    arguments: bytes
    result: bytes

    @property
    def failed(self) -> bool:
        """Whether it returned an error."""
        return self.result == b"-1"

    def not_understood(self) -> NotUnderstood:
        """What to raise where its arguments have no meaning."""
        return NotUnderstood(self.start, self.name.encode() + b"(" + self.arguments)


_LINE = re.compile(rb"(\d+) +(?:(\w+)\(|<\.\.\. \w+ resumed>|\+\+\+ |--- )")
_RETURNED = re.compile(rb"(.*)\) += (-?\d+|\?).*", re.DOTALL)
_UNFINISHED = b" <unfinished ...>"


def entries(lines: Iterable[bytes]) -> Iterator[Entry]:
    """The calls in the order in which they returned, then those that never did. Raises `NotUnderstood`."""
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
        yield Entry(start, None, known, before, b"?")


def _begun(
    begun: dict[bytes, tuple[int, str, bytes]], thread: bytes, number: int, text: bytes
) -> tuple[int, str, bytes]:
    try:
        return begun.pop(thread)
    except KeyError:
        raise NotUnderstood(number, text) from None


def _entry(start: int, end: int, name: str, text: bytes) -> Entry:
    found = _RETURNED.fullmatch(text)
    if found is None:
        raise NotUnderstood(start, text)
    arguments, result = found.groups()
    return Entry(start, None if result == b"?" else end, name, arguments, result)
