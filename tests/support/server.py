"""A real server: `tertulia serve` in a process of its own, which can be killed and started again.

    with Server(tmp_path / "data") as server:
        httpx.get(f"{server.url}/readyz")
        server.kill()      # SIGKILL
        server.start()     # the same data, the same port

Settings are given as variables: `Server(data, TERTULIA_GUESTS="off")`. What it logs is in
`server.log`, beside the data folder. Messages are encoded and decoded on the bus, so what passes here
passes between processes.
"""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

import httpx

from tertulia.bench.product import PATIENT

START_SECONDS = 60
STOP_SECONDS = 10
SETUP_CODE = "azafran"


class Server:
    """A server process and its data folder."""

    limits: Mapping[str, str] = PATIENT
    """Nothing is refused because this machine stalls for a moment: other tests run on it."""

    def __init__(self, data: Path, *arguments: str, **variables: str) -> None:
        self.data = data
        self.url = ""
        self.log = data.parent / f"{data.name}.log"
        self.process: subprocess.Popen[str] | None = None
        self._unread = b""
        self._arguments = arguments
        self._variables = {**self.limits, **variables}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.kill()

    @property
    def port(self) -> int:
        """The one that it got; 0 before that."""
        return int(self.url.rpartition(":")[2] or 0)

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self._unread = b""
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.data.parent,
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        try:
            self.url = self.says("listens on").rpartition(" ")[2]
            httpx.get(f"{self.url}/readyz", timeout=START_SECONDS).raise_for_status()
        except BaseException:
            self.kill()
            raise

    def command(self) -> list[str]:
        """What starts it; a second time on the same port."""
        options = ["--port", str(self.port), "--data", str(self.data)]
        return [sys.executable, "-m", "tertulia", "serve", *options, *self._arguments]

    def says(self, text: str) -> str:
        """Wait for a line on standard output that holds the text."""
        heard = ""
        while text not in heard:
            line = self._read_line()
            assert line, f"It did not say “{text}”:\n{heard}{self.log.read_text('utf-8')}"
            heard += line
        return heard.splitlines()[-1]

    def _read_line(self) -> str:
        """The next line; empty where none comes in time. Lines come in company, so none is lost."""
        assert self.process
        assert self.process.stdout
        pipe = self.process.stdout.fileno()
        while b"\n" not in self._unread and select.select([pipe], [], [], START_SECONDS)[0]:
            part = os.read(pipe, 65_536)
            if not part:
                break
            self._unread += part
        line, end, self._unread = self._unread.partition(b"\n")
        return (line + end).decode()

    def kill(self) -> None:
        """SIGKILL: nothing is written, nobody is told."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """SIGTERM; the exit status, which has to come within the time of a stop."""
        return self._end(signal.SIGTERM)

    def call(self, method: str, path: str, token: str | None = None, **body: Any) -> Any:
        """The answer of an HTTP call below `/api/v1`; anything but success fails the test."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx.request(
            method,
            f"{self.url}/api/v1{path}",
            headers=headers,
            json=body or None,
            timeout=START_SECONDS,
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    def _end(self, signal_: signal.Signals) -> int:
        assert self.process
        process, self.process = self.process, None
        process.send_signal(signal_)
        status = process.wait(STOP_SECONDS)
        if process.stdout:
            process.stdout.close()
        return status

    def environment(self) -> dict[str, str]:
        """The variables that it starts with; the settings of whoever runs the tests do not count."""
        ours = {
            "TERTULIA_BUS_RECODE": "on",
            "TERTULIA_LOG_FORMAT": "json",
            "TERTULIA_SETUP_CODE": SETUP_CODE,
        }
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("TERTULIA_")}
        spoken = {"LC_ALL": "C.UTF-8", "PYTHONUNBUFFERED": "1"}
        return {**inherited, **spoken, **ours, **self._variables}


class SheddingServer(Server):
    """One that refuses what it is late for, as it does where nobody has set limits."""

    limits: Mapping[str, str] = {}
