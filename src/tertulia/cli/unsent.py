"""What was typed and not acknowledged: kept in a file for each account, and sent by the next command."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs
import typer

from tertulia.cli.credentials import Credentials
from tertulia.cli.wording import word_disk
from tertulia.cli.words import word
from tertulia.client import FileOutbox, SyncTertulia
from tertulia.client.outbox import MemoryOutbox, Outbox, Unsent


@contextmanager
def open_outbox(credentials: Credentials) -> Iterator[Outbox]:
    """Open the outbox of an account; say where it cannot be, or cannot be read."""
    try:
        outbox = FileOutbox(find_outbox(credentials))
    except (OSError, sqlite3.Error) as error:
        typer.echo(word("warn.outbox_unavailable", reason=word_disk(error)), err=True)
        yield MemoryOutbox()
        return
    with outbox:
        if outbox.set_aside:
            typer.echo(word("warn.outbox_damaged", file=outbox.set_aside), err=True)
        yield outbox


def find_outbox(credentials: Credentials) -> Path:
    """Return where the unsent messages of an account are; nobody sends those of another."""
    account = credentials.user_id or credentials.token or ""
    name = hashlib.sha256(f"{credentials.url}\n{account}".encode()).hexdigest()[:32]
    folder = platformdirs.user_state_path("tertulia", appauthor=False) / "unsent"
    return folder / f"{name}.db"


def take_refused(client: SyncTertulia) -> list[Unsent]:
    """Take out what the server refused for good of earlier commands, to be told once."""
    refused = [each for each in client.list_unsent() if each.fate == "failed"]
    for each in refused:
        client.discard(each.message.id)
    return refused
