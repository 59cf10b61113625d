"""Data that begins another history: its clients have seen what it does not have."""

from pathlib import Path

from sqlalchemy import Connection

from tertulia.kit.db.marks import unmark
from tertulia.kit.db.sqlite import open_engine
from tertulia.runtime.services import upkeeps


def tell_restored(database: Path, earlier: Connection | None) -> None:
    """Let every service follow, in one transaction; it takes changes then, even if it had moved away."""
    engine = open_engine(database)
    try:
        with engine.begin() as connection:
            for upkeep in upkeeps():
                if upkeep.restored is not None:
                    upkeep.restored(connection, earlier)
            unmark(connection)
    finally:
        engine.dispose()
