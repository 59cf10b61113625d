"""What the server writes into its log, and which of it tells of an error that nobody handled."""

import re
from collections.abc import Iterable

TROUBLE = re.compile(
    r"^(Traceback|ERROR|CRITICAL|Fatal)|never retrieved|never awaited|ResourceWarning|Exception ignored"
)
"""What a server that is well never writes, whatever comes."""

SHOWN = 40
"""Lines of the log from a fault on that explain it."""


def faults(log: Iterable[str]) -> dict[str, str]:
    """The faults that lines of a log tell of, errors with their place first, and the lines themselves.

    The same fault has the same words.
    """
    lines = list(log)
    found: dict[str, str] = {}
    for number, line in enumerate(lines):
        if TROUBLE.search(line):
            shown = lines[number : number + SHOWN]
            found.setdefault(_fault(shown), "".join(shown))
    return dict(sorted(found.items(), key=lambda one: " at File " not in one[0]))


def _fault(lines: list[str]) -> str:
    if not lines[0].startswith("Traceback"):
        return re.sub(r"\d+|0x\w+", "N", lines[0].strip())
    place = ""
    for line in lines[1:]:
        if line.startswith('  File "'):
            place = line.strip()
        elif not line.startswith(" "):
            return f"{line.strip().partition(':')[0]} at {place}"
    return place
