"""Runs the stages of the tests, all of them whatever fails, and prints what each one took.

Usage: python scripts/run_stages.py [check] [unit] [realtime] [journeys] [split] [chaos] [browser]
"""

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "reports"
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Step:
    """One program of a stage; `report` names the JUnit file that it leaves behind."""

    name: str
    command: Sequence[str]
    folder: Path = ROOT
    report: str | None = None


@dataclass
class Outcome:
    """What a stage took and which of its steps failed."""

    seconds: float = 0.0
    failed: list[str] = field(default_factory=list)


def tool(name: str, *arguments: str) -> Step:
    """A program installed beside this Python."""
    return Step(" ".join([name, *arguments[:1]]), [str(BIN / name), *arguments])


def pytest(name: str, *arguments: str) -> Step:
    """A run of pytest over some folders."""
    report = f"{name}.xml"
    command = [str(BIN / "pytest"), f"--junitxml={REPORTS / report}", *arguments]
    return Step(name, command, report=report)


def fuzz(seed: str, seconds: int) -> Step:
    """An attack on the realtime engine, the same for the same seed."""
    options = ["--seed", seed, "--seconds", str(seconds)]
    return Step("fuzz", [sys.executable, "-m", "tests.realtime.fuzz", *options])


def chaos(seed: int, seconds: int, *options: str) -> Step:
    """The promises put to the proof, so many seconds for all tiers together; 0: one run of each."""
    length = ["--seed", str(seed), "--seconds", str(seconds)]
    return tool("tertulia", "chaos", *length, "--npm", "tests/realtime/differential", *options)


def npm(name: str, *arguments: str, report: str | None = None) -> Step:
    """A script of web/package.json."""
    return Step(name, ["npm", "run", "--silent", *arguments], ROOT / "web", report)


SIDE_BY_SIDE = ["--numprocesses=2", "--dist=worksteal"]
"""Two processes, each with a half of the tests in random order; who is done takes from the other."""
VITEST = ["test", "--", "--reporter=default", "--reporter=junit"]
ALONE = ["-m", "not split"]
"""What needs no other server."""
STORIES = [
    f"tests/journeys/{name}"
    for name in (
        "test_conversation.py",
        "test_many_writers.py",
        "test_javascript_client.py",
        "test_reconnect.py::test_a_kill_in_the_middle_of_a_conversation_is_not_noticed",
        "test_reconnect.py::test_a_revoked_session_ends_the_client",
    )
]
"""Journeys that many processes have to pass as one does: those that say most for the time they take."""
OWNERS = [
    "tests/accounts",
    "tests/conversations",
    "tests/personal",
    "--ignore=tests/conversations/rules",
]
"""The services that have tables."""
SPLIT_SEED = 60
"""Draws little, but the death of a gateway, one that is cut off, lost commits and a bus that lies."""
ELSEWHERE = ["realtime", "journeys", "browser"]
"""Folders of tests that are stages of their own."""

STAGES: dict[str, list[Step]] = {
    "check": [
        tool("ruff", "check"),
        tool("ruff", "format", "--check"),
        tool("basedpyright"),
        tool("lint-imports"),
        npm("svelte-check and eslint", "check"),
        Step("generated protocol", [sys.executable, "-m", "scripts.protocol", "--check"]),
    ],
    "unit": [
        pytest(
            "unit",
            *SIDE_BY_SIDE,
            *ALONE,
            "tests",
            *(f"--ignore=tests/{name}" for name in ELSEWHERE),
        ),
        npm("vitest", *VITEST, f"--outputFile={REPORTS / 'vitest.xml'}", report="vitest.xml"),
    ],
    "realtime": [pytest("realtime", *SIDE_BY_SIDE, "tests/realtime"), fuzz("tertulia", 58)],
    "journeys": [pytest("journeys", "tests/journeys")],
    "split": [
        pytest("split", "-m", "split", "tests"),
        pytest("split-services", *SIDE_BY_SIDE, *ALONE, "--database=postgresql", *OWNERS),
        pytest("split-journeys", "--deployment=split", *STORIES),
        chaos(SPLIT_SEED, 0, "--tier", "split"),
    ],
    "chaos": [chaos(1, 240)],
    "browser": [pytest("browser", "tests/browser")],
}


def run_step(step: Step) -> bool:
    """Runs one program in the foreground; true when it succeeded."""
    print(f"\n── {step.name}", flush=True)
    done = subprocess.run(step.command, cwd=step.folder, env=environment(), check=False)
    return done.returncode == 0


def environment() -> dict[str, str]:
    """That of who started this, and bytecode is kept: the tests start the product hundreds of times."""
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def run_stage(name: str) -> Outcome:
    """Runs every step of a stage."""
    outcome = Outcome()
    started = time.monotonic()
    for step in STAGES[name]:
        if not run_step(step):
            outcome.failed.append(step.name)
    outcome.seconds = time.monotonic() - started
    return outcome


def count_tests(names: Sequence[str]) -> Counter[str]:
    """Adds up the JUnit reports of the stages."""
    counts: Counter[str] = Counter()
    for step in (step for name in names for step in STAGES[name] if step.report):
        report = REPORTS / (step.report or "")
        if not report.is_file():
            continue
        for suite in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - our own file
            failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
            skipped = int(suite.get("skipped", 0))
            counts["failed"] += failed
            counts["skipped"] += skipped
            counts["passed"] += int(suite.get("tests", 0)) - failed - skipped
    return counts


def print_summary(outcomes: dict[str, Outcome]) -> None:
    """Prints the time of each stage, what failed, and the number of tests."""
    print("\n── stages")
    for name, outcome in outcomes.items():
        verdict = f"FAILED: {', '.join(outcome.failed)}" if outcome.failed else "ok"
        print(f"{name:<10}{outcome.seconds:8.1f} s  {verdict}")
    print(f"{'all':<10}{sum(outcome.seconds for outcome in outcomes.values()):8.1f} s")
    counts = count_tests(list(outcomes))
    if counts:
        print(
            f"tests: {counts['passed']} passed, {counts['failed']} failed, "
            f"{counts['skipped']} skipped"
        )


def main(arguments: Sequence[str]) -> int:
    """Runs the stages named, or all; 1 when any step of any stage failed."""
    unknown = set(arguments) - STAGES.keys()
    if unknown:
        print(f"unknown stages: {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}")
        return 2
    REPORTS.mkdir(parents=True, exist_ok=True)
    for stale in REPORTS.glob("*.xml"):
        stale.unlink()
    outcomes = {name: run_stage(name) for name in arguments or STAGES}
    print_summary(outcomes)
    return 1 if any(outcome.failed for outcome in outcomes.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
