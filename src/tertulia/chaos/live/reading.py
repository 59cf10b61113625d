"""The last reading: every log as fresh members page it from 0, and as the database holds it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tertulia.chaos.clients.http import HttpClient
from tertulia.chaos.history import Final, Update
from tertulia.chaos.simulation.town import Town
from tertulia.chaos.violations import Violation
from tertulia.runtime.fsck import check as fsck

DATABASE = "tertulia.db"
PAGE = 200
READERS = ("ana", "bruno", "eva", "gema", "diego")


async def read_logs(url: str, town: Town) -> list[Final]:
    """Every log, by everybody who may read it."""
    finals: list[Final] = []
    for name in READERS:
        client = HttpClient(url, town.citizens[name].token)
        for conversation_id in town.conversations.values():
            final = await _read_log(client, conversation_id, name)
            if final is not None:
                finals.append(final)
        await client.close()
    return finals


async def _read_log(client: HttpClient, conversation_id: str, reader: str) -> Final | None:
    updates: list[Update] = []
    while True:
        asked = {"conversation_id": conversation_id, "after": len(updates), "limit": PAGE}
        answer = await client.ask("conversations.list_updates", asked)
        if not answer["ok"]:
            return None
        page = answer["result"]
        updates += page["items"]
        if len(updates) >= page["head"] or not page["items"]:
            return Final(conversation_id, page["epoch"], updates, reader)


def dump_logs(data: Path) -> list[Final]:
    """Every log as the rows are; the server must not run."""
    with closing(sqlite3.connect(data / DATABASE)) as connection:
        connection.row_factory = sqlite3.Row
        places = connection.execute("SELECT id, epoch FROM conversations_conversations").fetchall()
        return [
            Final(place["id"], place["epoch"], list(_rows(connection, place["id"])), "the database")
            for place in places
        ]


def _rows(connection: sqlite3.Connection, conversation_id: str) -> Iterator[Update]:
    rows = connection.execute(
        "SELECT seq, type, message_id FROM conversations_updates"
        " WHERE conversation_id = ? ORDER BY seq",
        (conversation_id,),
    )
    for row in rows:
        yield {"seq": row["seq"], "type": row["type"], "message_id": row["message_id"]}


def check_database(data: Path) -> list[Violation]:
    """G12: the file is whole, and everything derived equals what it is derived from."""
    return [
        Violation("G12", f"fsck: {it.check}: {it.count} differ, such as {it.differences[0]}")
        for it in fsck(data).findings
    ]
