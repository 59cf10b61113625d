"""What a move carried: the same counts and digests on both sides, and where each log stood."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from tertulia.runtime.files import make_folder, sync, write_durably
from tertulia.runtime.manifest import LogFacts, TableFacts

FOLDER = "moves"


class Receipt(BaseModel):
    """Of a move that is done. The digests are of rows in the order of the primary key, whatever the database."""

    model_config = ConfigDict(frozen=True)

    source: str
    target: str
    """Without its password."""
    product: str
    """The version that moved it."""
    moved_at: datetime
    revisions: Mapping[str, str]
    """The revision of each service's tables."""
    logs: Mapping[str, LogFacts]
    """The epoch and head of each conversation: they are what they were."""
    tables: Mapping[str, TableFacts]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables.values())


def keep(receipt: Receipt, data: Path) -> Path:
    """Write it into the data folder; where it is then."""
    file = data / FOLDER / f"{receipt.moved_at:%Y%m%dT%H%M%S%fZ}.json"
    make_folder(file.parent)
    write_durably(file, receipt.model_dump_json(indent=2) + "\n")
    sync(data)
    return file
