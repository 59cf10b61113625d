"""Opening an image as the server does when the power is back, and reading what it holds."""

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tertulia.chaos.power.promises import IMAGE, Found
from tertulia.chaos.power.serving import DoesNotStart, serving
from tertulia.chaos.violations import Violation
from tertulia.runtime import CannotStart, Settings
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
    """What `tertulia fsck` would find."""
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        for (says,) in connection.execute("PRAGMA integrity_check"):
            if says != "ok":
                yield Violation(IMAGE, f"integrity_check: {says}")
        gaps = connection.execute(
            "SELECT id, head, (SELECT count(*) FROM conversations_updates"
            " WHERE conversation_id = c.id), (SELECT max(seq) FROM conversations_updates"
            " WHERE conversation_id = c.id) FROM conversations_conversations AS c"
        )
        for where, head, count, last in gaps:
            if not head == count == (last or 0):
                yield Violation(IMAGE, f"{where}: head {head}, {count} updates up to {last}")
