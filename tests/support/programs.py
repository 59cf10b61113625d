"""Other programs: the server as `tertulia serve` runs it, and clients in any language."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Self

import httpx

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "web" / "node_modules"
SECONDS = 30
"""How long a program may take to say what is waited for."""


class Program:
    """A program that was started, and what it has printed so far."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.lines: list[str] = []

    @classmethod
    async def start(
        cls, *command: str | Path, cwd: Path | None = None, **variables: str
    ) -> "Program":
        """Start a command with some variables of its environment set."""
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **variables},
            stdin=PIPE,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=1 << 24,
        )
        return cls(process)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(ProcessLookupError):
            self._process.terminate()
        await self._process.communicate()

    async def prints(self, text: str) -> str:
        """Wait for a line that holds a text, and return it."""
        try:
            async with asyncio.timeout(SECONDS):
                while line := (await self._read()).decode().rstrip("\n"):
                    self.lines.append(line)
                    if text in line:
                        return line
        except TimeoutError:
            pass
        raise AssertionError(f"It did not print “{text}” but:\n" + "\n".join(self.lines))

    async def _read(self) -> bytes:
        assert self._process.stdout
        return await self._process.stdout.readline()

    async def type(self, line: str) -> None:
        """Type a line."""
        assert self._process.stdin
        self._process.stdin.write(f"{line}\n".encode())
        await self._process.stdin.drain()

    async def wait(self) -> tuple[int, str]:
        """Wait for the end; return the exit status and what was printed last."""
        async with asyncio.timeout(SECONDS * 3):
            out, _ = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, out.decode()


class Served:
    """A running server, through its public face."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def call(self, method: str, path: str, token: str | None = None, **body: Any) -> Any:
        """Call the HTTP interface; anything but success fails the test."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with httpx.AsyncClient(base_url=f"{self.url}/api/v1", timeout=SECONDS) as http:
            answer = await http.request(method, path, headers=headers, json=body or None)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def set_up(self) -> Any:
        """Make Ana the first owner, with the channel `general`."""
        person = {"username": "ana", "display_name": "Ana", "password": "una buena taza de té"}
        return await self.call("POST", "/setup", organization="Taller", **person)

    async def register(self, username: str) -> Any:
        """Make another person, who comes into the first space."""
        person = {"username": username, "display_name": username.capitalize()}
        return await self.call("POST", "/users", password="otra taza de té", **person)


@asynccontextmanager
async def served(data: Path, **variables: str) -> AsyncIterator[Served]:
    """Run `tertulia serve` on a free port, open for registration."""
    command = (sys.executable, "-m", "tertulia", "serve", "--port", "0", "--data", data)
    settings = {"TERTULIA_REGISTRATION": "open", "TERTULIA_LOG_LEVEL": "warning", **variables}
    async with await Program.start(*command, cwd=data.parent, **settings) as server:
        line = await server.prints("listens on")
        yield Served(line.rpartition(" ")[2])


def lay_javascript(folder: Path, *files: Path) -> Path:
    """Copy JavaScript to a folder where it finds the npm packages of the web app."""
    folder.mkdir(exist_ok=True)
    (folder / "node_modules").symlink_to(NODE_MODULES)
    for file in files:
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return folder
