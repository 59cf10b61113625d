"""docs/realtime.md says what is so: its programs run, its tables are those of the code and the tests."""

import re
from dataclasses import fields
from typing import Any

import pytest

from tertulia.realtime import Limits
from tertulia.realtime.engine.rings import KEPT, KEPT_BYTES, SLICE
from tertulia.realtime.engine.volatile import WINDOW_SECONDS
from tests.architecture.tree import ROOT
from tests.realtime.differential.deliberate import DELIBERATE

PAGE = (ROOT / "docs" / "realtime.md").read_text("utf-8")
PROGRAMS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table below a heading."""
    table = PAGE.partition(f"\n{heading}\n")[2].partition("\n|")[2].partition("\n\n")[0]
    lines = f"|{table}".splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


async def reply(app: Any, path: str) -> tuple[int, bytes]:
    """What an application answers to a GET."""
    events: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        events.append(event)

    scope = {
        "type": "http", "method": "GET", "path": path, "scheme": "http", "headers": [],
        "query_string": b"EIO=4&transport=polling", "root_path": "", "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await app(scope, receive, send)
    return events[0]["status"], events[1]["body"]


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
async def test_its_programs_serve(number):
    names: dict[str, Any] = {"__name__": "page"}
    exec(compile(PROGRAMS[number], "docs/realtime.md", "exec"), names)
    path = "/engine.io/" if "eio" in names else "/socket.io/"
    status, body = await reply(names["app"], path)
    assert status == 200
    assert body.startswith(b'0{"sid":')


def test_there_are_four_programs():
    assert len(PROGRAMS) == 4


def test_its_limits_are_those_of_the_code():
    told = {cells[0].strip("`"): cells[1] for cells in rows("## Limits")}
    limits = Limits()
    assert told == {it.name: str(getattr(limits, it.name)) for it in fields(limits)}


def test_every_deliberate_difference_has_its_row_and_no_other():
    reasons = {it.reason for it in DELIBERATE.values()}
    assert {cells[1] for cells in rows("### From npm socket.io")} == reasons


def test_its_numbers_are_those_of_the_code():
    limits = Limits()
    assert f"after every {SLICE} members" in PAGE
    assert f"{limits.outgoing_frames} frames or 1 MiB" in PAGE
    assert (limits.outgoing_frames, limits.outgoing_bytes) == (KEPT, KEPT_BYTES)
    assert f"within {int(WINDOW_SECONDS * 1000)} ms" in PAGE
    assert f"While {limits.handlers} handlers" in PAGE.replace("\n", " ")
