"""What plain ASGI and Uvicorn make of it, whatever the engine wants."""

import re

from tests.realtime.differential.difference import Difference, Table, instead
from tests.realtime.differential.player import Said

ASGI: Table = {
    **{
        f"handshake: websocket by {method}": Difference(
            "Uvicorn refuses it.",
            {
                "ws": [
                    "405; allow: GET; content-type: text/plain; charset=utf-8",
                    "Failed to open a WebSocket connection: "
                    f"unsupported HTTP method: {method}.\n" * (method != "HEAD"),
                ]
            },
        )
        for method in ("POST", "HEAD", "DELETE")
    },
    **instead(
        "Uvicorn waits for whole messages, up to its own limit of their size.",
        {"ws": ["(open)"]},
        "websocket: badly, too large, announced",
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
