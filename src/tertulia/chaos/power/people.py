"""People who write while the server is recorded: over sockets and HTTP, with several commands under way."""

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress

import httpx

from tertulia.chaos.clients.raw import RawSocket
from tertulia.chaos.simulation.network import Cut, Refused
from tertulia.chaos.simulation.town import Town
from tertulia.kernel.ids import new_id

SECONDS = 60
IN_FLIGHT = 8
WRITERS = ("ana", "bruno", "eva")
PLACES = ("general", "taller", "despacho", "grupo")
"""Conversations that all of them are in."""
UNREAD = 1_000_000
"""Above every `seq`: everything is read."""


async def write(url: str, town: Town, messages: int, seed: int) -> None:
    """Post so many messages, and edit, delete, react and read among them, until the server is gone.

    A refusal is no reason to stop: it promises nothing.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    left = iter(range(messages))
    writers = [_at_socket(url, town, name, left, chance) for name in WRITERS]
    await asyncio.gather(*writers, _over_http(url, town, left, chance))


async def _at_socket(
    url: str, town: Town, name: str, left: Iterator[int], chance: random.Random
) -> None:
    socket = RawSocket(url, lambda _name, _body: None, chance)
    with suppress(Cut, Refused):
        await socket.open(town.citizens[name].token)
        await asyncio.gather(*(_go_on(socket, town, left, chance) for _ in range(IN_FLIGHT)))
    socket.cut()


async def _go_on(socket: RawSocket, town: Town, left: Iterator[int], chance: random.Random) -> None:
    for _ in left:
        where, message_id = _place(town, chance), new_id()
        said = {"conversation_id": where, "id": message_id, "text": _text(chance)}
        await socket.ask("conversations.post_message", said)
        match chance.randrange(12):
            case 0:
                changed = {"message_id": message_id, "text": _text(chance)}
                await socket.ask("conversations.edit_message", changed)
            case 1:
                await socket.ask("conversations.delete_message", {"message_id": message_id})
            case 2 | 3:
                reaction = {"message_id": message_id, "emoji": "🎉"}
                await socket.ask("conversations.add_reaction", reaction)
            case 4:
                read = {"conversation_id": where, "seq": UNREAD}
                await socket.ask("conversations.mark_read", read)


async def _over_http(url: str, town: Town, left: Iterator[int], chance: random.Random) -> None:
    async with httpx.AsyncClient(
        base_url=f"{url}/api/v1", timeout=SECONDS, trust_env=False
    ) as http:
        with suppress(httpx.TransportError):
            for _ in left:
                writer = town.citizens[chance.choice(WRITERS)]
                await http.post(
                    f"/conversations/{_place(town, chance)}/messages",
                    json={"id": new_id(), "text": _text(chance)},
                    headers={"Authorization": f"Bearer {writer.token}"},
                )


def _place(town: Town, chance: random.Random) -> str:
    return town.conversations[chance.choice(PLACES)]


def _text(chance: random.Random) -> str:
    """Some are short, some fill pages of their own."""
    return f"hola {chance.random()} " + "ñ" * chance.choice((0, 0, 10, 300, 4000))
