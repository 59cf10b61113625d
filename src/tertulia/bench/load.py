"""The load generator's process: what it is told, and what it reports."""

import json
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from tertulia.bench.cores import on_generator_core
from tertulia.bench.errors import NoResult
from tertulia.bench.wire import Wire

GRACE_SECONDS = 10
"""After its own deadline the generator is ended from outside."""


@dataclass(frozen=True)
class Load:
    """A run of the generator; `options` are those of `generator/options.h`."""

    program: Path
    folder: Path
    wire: Wire
    people: Iterable[str]
    rooms: Iterable[str]
    options: Mapping[str, float | str]
    deadline: float = 120

    def run(self, on_stage: Callable[[str], None] = lambda stage: None) -> dict[str, Any]:
        """The report. `on_stage` hears how far the run is. Raises `NoResult`."""
        command = self._command()
        with on_generator_core():
            process = subprocess.Popen(  # noqa: S603 - our own arguments
                command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
        with process:
            fuse = threading.Timer(self.deadline + GRACE_SECONDS, process.kill)
            fuse.start()
            try:
                report = _follow(process.stdout, on_stage)
                said = process.stderr.read() if process.stderr else ""
            except BaseException:
                process.kill()
                raise
            finally:
                fuse.cancel()
        return checked(report, said.strip(), process.returncode)

    def _command(self) -> list[str]:
        self._write("people.tsv", self.people)
        self._write("rooms.tsv", self.rooms)
        options = {
            "people": self.folder / "people.tsv",
            "rooms": self.folder / "rooms.tsv",
            "said": self.wire.said,
            "ready": self.wire.ready,
            "marker": self.wire.marker,
            "deadline": self.deadline,
            **self.options,
        }
        return [str(self.program), *(f"{name}={value}" for name, value in options.items())]

    def _write(self, name: str, lines: Iterable[str]) -> None:
        with (self.folder / name).open("w", encoding="utf-8") as file:
            file.writelines(lines)


def checked(report: dict[str, Any] | None, said: str, status: int) -> dict[str, Any]:
    """The report of a run that can be believed. Raises `NoResult`."""
    if status or report is None:
        raise NoResult(said or f"the generator ended with {status}")
    if report.get("lost"):
        raise NoResult(f"{report['lost']:.0f} deliveries were lost")
    if report.get("short"):
        raise NoResult(f"{report['short']:.0f} clients did not get what they had missed")
    if report.get("overrun"):
        raise NoResult("it cannot carry this rate")
    return report


def _follow(lines: IO[str] | None, on_stage: Callable[[str], None]) -> dict[str, Any] | None:
    report = None
    for message in _messages(lines):
        if "stage" in message:
            on_stage(message["stage"])
        else:
            report = message
    return report


def _messages(lines: IO[str] | None) -> Iterator[dict[str, Any]]:
    for line in lines or ():
        yield json.loads(line)
