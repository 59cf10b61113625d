"""A peer's process: started on its core, waited for, and ended by its own id, whatever happens."""

import os
import random
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tertulia.bench.cores import on_server_core
from tertulia.bench.errors import NoResult

START_SECONDS = 60
END_SECONDS = 10
PORTS = range(20_000, 30_000)
"""Below those that the system gives to clients, so that a server can have its port again."""


@dataclass
class Running:
    """A server that listens."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    port: int
    pinned: bool = True
    """Whether it stays on the server's core."""
    process: "subprocess.Popen[bytes]" = field(init=False)

    @property
    def pid(self) -> int:
        """Of its process."""
        return self.process.pid

    @property
    def cpu_seconds(self) -> float:
        """What the process has used since it was started, in user and kernel mode."""
        fields = Path(f"/proc/{self.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def start(self) -> None:
        """Start it, without waiting."""
        core = on_server_core() if self.pinned else nullcontext()
        with self.log.open("ab") as log, core:
            self.process = subprocess.Popen(  # noqa: S603 - our own arguments
                self.command,
                cwd=self.log.parent,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def wait_until_it_listens(self) -> None:
        """Raises `NoResult` when it ends, or does not listen in time."""
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self.port):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise NoResult(f"it does not start: {self.last_words()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.wait(END_SECONDS)

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        return " | ".join(lines[-3:]) or "its log is empty"


@contextmanager
def running(
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    port: int,
    *,
    pinned: bool = True,
) -> Iterator[Running]:
    """The server while it is needed."""
    server = Running(command, environment, log, port, pinned)
    server.start()
    try:
        server.wait_until_it_listens()
        yield server
    finally:
        server.kill()


def free_port() -> int:
    """A port on which nobody listens."""
    for port in random.sample(PORTS, 200):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise NoResult("there is no free port")


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
