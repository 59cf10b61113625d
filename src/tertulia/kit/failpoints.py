"""Named places in the product where a run of chaos ends, fails or stalls the process.

`TERTULIA_FAILPOINT` arms them, on a local server only: `after_insert:kill@17` kills the process when the
place is reached for the 17th time, `before_tx:raise` fails there every time; several stand with commas.
Unless they are armed, to reach one costs a look at an empty dictionary.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count

SLEEP_SECONDS = 2.0

NAMES = (
    "before_tx",  # a batch was taken from the writer's queue, its transaction has not begun
    "after_insert",  # all rows of a batch are written, nothing is committed
    "after_commit_before_publish",  # committed, and nobody has heard of it
    "after_publish_before_ack",  # live listeners have heard of it, the answer is not encoded
    "after_ack",  # the acknowledgement is with the system
    "mid_backfill_page",  # rows of a page of the log are read, what they show is not
    "mid_outbox_delete",  # passed rows of the event log are deleted, in a transaction still open
    "mid_migration",  # a service's tables are migrated, in a transaction still open
)


class UnknownFailpoint(ValueError):
    """No such place, no such action, or no such count."""


class Failed(Exception):
    """What a place raises whose action is `raise`."""


def _kill(_name: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _raise(name: str) -> None:
    raise Failed(name)


def _sleep(_name: str) -> None:
    time.sleep(SLEEP_SECONDS)


_ACTIONS: Mapping[str, Callable[[str], None]] = {"kill": _kill, "raise": _raise, "sleep": _sleep}


class _Armed:
    """One place: what happens there, at which reach; 0 is at each."""

    def __init__(self, action: Callable[[str], None], at: int) -> None:
        self._action = action
        self._at = at
        self._numbers = count(1)  # one step of the interpreter: several threads may reach a place

    def reach(self, name: str) -> None:
        if next(self._numbers) == self._at or not self._at:
            self._action(name)


_armed: dict[str, _Armed] = {}


def reach(name: str) -> None:
    """The place of this name is here."""
    if _armed and name in _armed:
        _armed[name].reach(name)


def reach_soon(name: str, seconds: float = 0.005) -> None:
    """The place of this name comes when what the loop has in hand is done."""
    if name in _armed:
        asyncio.get_running_loop().call_later(seconds, reach, name)


def arm(text: str) -> None:
    """Arm these places and no others. Raises `UnknownFailpoint`."""
    armed = dict(map(_parsed, filter(None, text.split(","))))
    _armed.clear()
    _armed.update(armed)


@contextmanager
def armed(text: str) -> Iterator[None]:
    """These places armed in this process for a while."""
    arm(text)
    try:
        yield
    finally:
        arm("")


def _parsed(text: str) -> tuple[str, _Armed]:
    name, _, rest = text.strip().partition(":")
    action, _, at = rest.partition("@")
    if name not in NAMES or action not in _ACTIONS or not (at or "0").isdecimal():
        raise UnknownFailpoint(text.strip())
    return name, _Armed(_ACTIONS[action], int(at or 0))
