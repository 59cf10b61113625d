"""The golden files of the reducers: which there are, and how each is made and written."""

import json
from pathlib import Path
from typing import Any

from tests.conversations.town import a_town
from tests.golden import delivery, histories, updates
from tests.golden.stage import Scenario, Scene, Stage

FOLDER = Path(__file__).parent / "reducer"

SCENES: dict[str, Scene] = {**updates.SCENES, **delivery.SCENES, **histories.SCENES}


async def play(name: str) -> Scenario:
    """Play a scene before the real service, in a town of its own."""
    async with a_town() as town:
        stage = await Stage.open(town, limit=delivery.PAGES.get(name, 200))
        return await SCENES[name](stage)


def load() -> dict[str, Scenario]:
    """Read the files, by name."""
    return {
        path.stem: json.loads(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.json"))
    }


def to_text(scenario: Scenario) -> str:
    """Write JSON with a line for each thing that a person compares."""
    return _lines(scenario, depth=3) + "\n"


def _lines(value: Any, depth: int, margin: str = "") -> str:
    if not depth or not value or not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    inner = margin + "  "
    named = isinstance(value, dict)
    parts = value.items() if named else (("", each) for each in value)
    key = (lambda name: json.dumps(name) + ": ") if named else (lambda _: "")
    lines = [f"{inner}{key(name)}{_lines(each, depth - 1, inner)}" for name, each in parts]
    opening, closing = "{}" if named else "[]"
    return f"{opening}\n" + ",\n".join(lines) + f"\n{margin}{closing}"
