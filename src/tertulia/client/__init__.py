"""The Python SDK of Tertulia: talk, listen and command from a program, async or sync.

    async with Tertulia("http://127.0.0.1:8000", token=token) as t:
        await t.send("#general", "hola")
        async for message in t.listen("#general"):
            print(message)

A library: it imports nothing of the server. Without a token the client is a guest of the plaza.
"""

from tertulia.client.client import Tertulia
from tertulia.client.errors import OutboxFull, OutboxUnavailable, ResyncNeeded, TertuliaError
from tertulia.client.file_outbox import FileOutbox
from tertulia.client.models import Message, Position
from tertulia.client.reducer import Resynced
from tertulia.client.state import ConversationState
from tertulia.client.sync import SyncTertulia

__all__ = [
    "ConversationState",
    "FileOutbox",
    "Message",
    "OutboxFull",
    "OutboxUnavailable",
    "Position",
    "ResyncNeeded",
    "Resynced",
    "SyncTertulia",
    "Tertulia",
    "TertuliaError",
]
