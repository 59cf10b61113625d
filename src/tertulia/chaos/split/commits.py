"""A network that fails between a COMMIT and its answer: the outcome is there, and nobody is told.

PostgreSQL ends each command with a message of type `C` that holds its tag.
Source: https://www.postgresql.org/docs/current/protocol-message-formats.html
"""

COMMITTED = b"C\x00\x00\x00\x0bCOMMIT\x00"


class Commits:
    """The answers to COMMIT on their way; `lost` counts those in whose place a connection was reset."""

    def __init__(self) -> None:
        self.lost = 0
        self._to_lose = 0

    def lose(self, number: int) -> None:
        """Let so many of the next answers not arrive."""
        self._to_lose = number

    def editor(self) -> "Answers":
        """For one more connection."""
        return Answers(self)

    def loses(self) -> bool:
        """Whether the answer that is here now is lost."""
        if not self._to_lose:
            return False
        self._to_lose -= 1
        self.lost += 1
        return True


class Answers:
    """One connection's stream from the server; `ConnectionResetError` where it ends before an answer."""

    def __init__(self, commits: Commits) -> None:
        self._commits = commits
        self._before = b""

    def __call__(self, piece: bytes) -> bytes:
        """The piece as it is, unless it completes the answer to a COMMIT that is to be lost."""
        seen = self._before + piece
        self._before = seen[-len(COMMITTED) + 1 :]
        if COMMITTED in seen and self._commits.loses():
            raise ConnectionResetError
        return piece
