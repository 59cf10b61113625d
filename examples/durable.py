"""A clerk that loses nothing: what it writes and where it is survive kills, of it and of the server.

It answers each `!nota TEXTO` in the plaza once, however often it is started. The token of its account comes
from the environment, where other users of the machine do not see it: `TERTULIA_TOKEN=… python durable.py`.
"""

import json
import os
from pathlib import Path
from uuid import UUID, uuid5

from tertulia.client import FileOutbox, Position, SyncTertulia

URL = "http://127.0.0.1:8000"
TOKEN = os.environ["TERTULIA_TOKEN"]
PLACE = "#plaza"
BOOKMARK = Path("clerk.json")  # how far the plaza was read
OUTBOX = Path("clerk.db")  # what is written and not acknowledged yet


def answer_id(message_id: str) -> str:
    """The same answer always has the same id, so the server takes it once (a UUIDv7 is asked for)."""
    asked, tail = UUID(message_id), uuid5(UUID(message_id), "answer")
    return str(UUID(int=asked.int >> 64 << 64 | (tail.int & (1 << 62) - 1) | 0x2 << 62))


def read_bookmark() -> Position:
    """Where the last run was."""
    return Position.model_validate_json(BOOKMARK.read_text())


def move_bookmark(position: Position) -> None:
    """Write beside, then replace: a kill in between leaves the old one."""
    beside = BOOKMARK.with_suffix(".new")
    beside.write_text(json.dumps(position.model_dump()))
    beside.replace(BOOKMARK)


with FileOutbox(OUTBOX) as outbox, SyncTertulia(URL, token=TOKEN, outbox=outbox) as clerk:
    for unsent in clerk.list_unsent():
        print(unsent.fate, unsent.message.text)
    if not BOOKMARK.exists():
        move_bookmark(clerk.get_position(PLACE))
    heard = clerk.listen(PLACE, since=read_bookmark())
    print("listening")
    for message in heard:
        if message.text.startswith("!nota "):
            note = message.text.removeprefix("!nota ")
            clerk.send(PLACE, f"anotado: {note}", reply_to=message.id, id=answer_id(message.id))
        if heard.position:
            move_bookmark(heard.position)
