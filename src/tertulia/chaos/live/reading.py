"""The last reading: every log as fresh members page it from 0, and as the database holds it."""

import asyncio
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Protocol

from tertulia.chaos.checkers.order import READ
from tertulia.chaos.clients.http import HttpClient
from tertulia.chaos.clients.packets import Answer
from tertulia.chaos.history import Final, Update
from tertulia.chaos.simulation.network import Cut
from tertulia.chaos.simulation.town import Town
from tertulia.chaos.violations import Violation
from tertulia.runtime.fsck import Finding
from tertulia.runtime.fsck import check as fsck

DATABASE = "tertulia.db"
PAGE = 200
READERS = ("ana", "bruno", "eva", "gema", "diego")
SECONDS = 60.0
AGAIN_SECONDS = 0.2


class CannotRead(Exception):
    """The deployment gives no answer, however often it is asked."""


async def read_logs(url: str, town: Town) -> list[Final]:
    """Every log, by everybody who may read it. Raises `CannotRead`.

    Who is told to come again, as some part of the deployment has just died, does so.
    """
    try:
        async with asyncio.timeout(SECONDS):
            return [final for name in READERS for final in await _read(url, town, name)]
    except TimeoutError:
        raise CannotRead(f"the logs could not be read within {SECONDS:.0f} s") from None


async def _read(url: str, town: Town, reader: str) -> list[Final]:
    client = HttpClient(url, town.citizens[reader].token)
    try:
        logs = [await _read_log(client, where, reader) for where in town.conversations.values()]
    finally:
        await client.close()
    return [log for log in logs if log is not None]


async def _read_log(client: HttpClient, conversation_id: str, reader: str) -> Final | None:
    """None where it is not for this reader."""
    updates: list[Update] = []
    while True:
        asked = {"conversation_id": conversation_id, "after": len(updates), "limit": PAGE}
        answer = await _insist(client, asked)
        if not answer["ok"]:
            return None
        page = answer["result"]
        updates += page["items"]
        if len(updates) >= page["head"] or not page["items"]:
            return Final(conversation_id, page["epoch"], updates, reader)


async def _insist(client: HttpClient, asked: dict[str, Any]) -> Answer:
    """The first answer that asking again would not change."""
    while True:
        with suppress(Cut):
            answer = await client.ask(READ, asked)
            if answer["ok"] or not answer["error"]["retryable"]:
                return answer
        await asyncio.sleep(AGAIN_SECONDS)


class Stored(Protocol):
    """What a deployment leaves behind, read while none of its servers runs."""

    def dump_logs(self) -> list[Final]:
        """Every log as the rows are."""
        ...

    def check(self) -> list[Violation]:
        """G12: all is whole, and everything derived equals what it is derived from."""
        ...


class SqliteFile:
    """The database of one process, in its data folder."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def dump_logs(self) -> list[Final]:
        """See `Stored`."""
        with closing(sqlite3.connect(self._data / DATABASE)) as connection:
            return finals_of(connection.execute(PLACES), connection.execute(UPDATES))

    def check(self) -> list[Violation]:
        """See `Stored`."""
        return differences(fsck(self._data).findings)


PLACES = "SELECT id, epoch FROM conversations_conversations"
UPDATES = (
    "SELECT conversation_id, seq, type, message_id FROM conversations_updates"
    " ORDER BY conversation_id, seq"
)


def finals_of(places: Iterable[Any], rows: Iterable[Any]) -> list[Final]:
    """The logs that the rows of `PLACES` and `UPDATES` make."""
    logs = {where: Final(where, epoch, [], "the database") for where, epoch in map(tuple, places)}
    for where, seq, kind, message_id in map(tuple, rows):
        logs[where].updates.append({"seq": seq, "type": kind, "message_id": message_id})
    return list(logs.values())


def differences(findings: Iterable[Finding]) -> list[Violation]:
    """What `tertulia fsck` finds, as violations."""
    return [
        Violation("G12", f"fsck: {it.check}: {it.count} differ, such as {it.differences[0]}")
        for it in findings
    ]
