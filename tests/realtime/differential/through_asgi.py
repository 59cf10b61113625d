"""What plain ASGI and Uvicorn make of it, whatever the engine wants."""

import re

from tests.realtime.differential.difference import Table, instead
from tests.realtime.differential.player import Said

ASGI: Table = {
    **instead(
        "Uvicorn waits for whole messages, up to its own limit of their size.",
        {"ws": ["(open)"]},
        "websocket: 1000001 octets announced",
        "websocket: more fragments than anybody needs",
    ),
}

CODE = re.compile(r"^\(close (\d+).*\)$")


def through_asgi(said: Said) -> Said:
    """As far as it can be told apart: ASGI closes with a code always, and Uvicorn adds reasons."""
    return {
        channel: [
            CODE.sub(lambda it: f"(close {it[1].replace('1005', '1000')})", entry)
            for entry in entries
        ]
        for channel, entries in said.items()
    }
