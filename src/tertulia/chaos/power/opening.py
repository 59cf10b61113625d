"""Opening an image as the server does when the power is back, and reading what it holds."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tertulia.chaos.power.promises import IMAGE, Found
from tertulia.chaos.power.serving import DoesNotStart, serving
from tertulia.chaos.violations import Violation
from tertulia.runtime import CannotStart, Settings, fsck
from tertulia.runtime.instance import opened

DATABASE = "tertulia.db"


async def open_quickly(data: Path) -> list[Violation]:
    """Lock, migrate, open and recover it and publish what is left in the event log: all but the edge."""
    try:
        async with opened(Settings(data=data, log_level="error")) as instance:
            await instance.house.consumed()
    except CannotStart as error:
        return [Violation(IMAGE, f"it does not start: {error}")]
    return []


def open_with_server(data: Path) -> list[Violation]:
    """Start `tertulia serve` on it, wait until it is ready, and stop it."""
    try:
        with serving(data, data.parent / "server.log") as server:
            status = server.end(signal.SIGTERM)
    except DoesNotStart as error:
        return [Violation(IMAGE, f"it does not start: {error}")]
    return [Violation(IMAGE, f"it stops with {status}")] if status else []


def read_found(data: Path) -> Found:
    """The messages and the updates of a data folder that nobody has open."""
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        messages = connection.execute("SELECT id, conversation_id, seq FROM conversations_messages")
        updates = connection.execute("SELECT conversation_id, seq, type FROM conversations_updates")
        return Found(
            messages={id_: (where, seq) for id_, where, seq in messages},
            updates={(where, seq): type_ for where, seq, type_ in updates},
        )


def check_whole(data: Path) -> Iterator[Violation]:
    """What `tertulia fsck` finds."""
    for finding in fsck.check(data).findings:
        says = f"fsck {finding.check}: {finding.count}, first {finding.differences[0]}"
        yield Violation(IMAGE, says)
