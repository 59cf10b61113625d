"""Clients in any language: programs that are started, read and typed to."""

import asyncio
import os
from asyncio.subprocess import PIPE
from contextlib import suppress
from pathlib import Path
from typing import Self

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

    def kill(self) -> None:
        """End it at once, whatever it is doing (SIGKILL)."""
        self._process.kill()

    async def wait(self) -> tuple[int, str]:
        """Wait for the end; return the exit status and what was printed last."""
        async with asyncio.timeout(SECONDS * 3):
            out, _ = await self._process.communicate()
        assert self._process.returncode is not None
        return self._process.returncode, out.decode()


def lay_javascript(folder: Path, *files: Path) -> Path:
    """Copy JavaScript to a folder where it finds the npm packages of the web app."""
    folder.mkdir(exist_ok=True)
    (folder / "node_modules").symlink_to(NODE_MODULES)
    for file in files:
        (folder / file.name).write_text(file.read_text("utf-8"), "utf-8")
    return folder
