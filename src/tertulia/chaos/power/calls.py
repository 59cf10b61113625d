"""The system calls that matter: those that change the data folder, and those that tell a client something.

`start` and `end` are lines of the record. A call takes effect somewhere between the two; one that never
returned has no `end`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """When it was made and when it returned."""

    start: int
    end: int | None

    def is_over(self, line: int) -> bool:
        """Whether it had returned before this line."""
        return self.end is not None and self.end < line


@dataclass(frozen=True, slots=True)
class Wrote(Call):
    """Bytes of a file."""

    path: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated(Call):
    """A file has this size."""

    path: str
    size: int


@dataclass(frozen=True, slots=True)
class Opened(Call):
    """A file that may be written; it is made where it is missing and `creates` says so."""

    path: str
    creates: bool
    empties: bool


@dataclass(frozen=True, slots=True)
class MadeFolder(Call):
    """A folder."""

    path: str


@dataclass(frozen=True, slots=True)
class Removed(Call):
    """A name is gone."""

    path: str


@dataclass(frozen=True, slots=True)
class Renamed(Call):
    """A name became another one, in one step."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class Synced(Call):
    """A file, or the names of a folder, are on stable storage, unless it failed."""

    path: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Sent(Call):
    """Bytes to whoever is at the other end of a socket."""

    socket: str
    data: bytes


Change = Wrote | Truncated
"""Of what a file holds."""
