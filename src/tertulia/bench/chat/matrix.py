"""A person of a Matrix server (Matrix client-server API, v1.11)."""

import asyncio
import json
from contextlib import suppress
from typing import Any

import aiohttp

from tertulia.bench.chat.line import Account, Heard

POLL_MS = 30_000
PAGE = 1000
NOTHING: dict[str, Any] = {"types": []}


class MatrixLine:
    """Sends by PUT and hears by a long-polling `/sync`."""

    def __init__(self, port: int, account: Account, heard: Heard) -> None:
        self._url = f"http://127.0.0.1:{port}/_matrix/client/v3"
        self._account = account
        self._heard = heard
        self._since = ""
        self._sent = 0
        self._listening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """See `Line.open`."""
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {self._account.secret}"},
            connector=aiohttp.TCPConnector(limit=0),
        )
        await self._sync(0)
        self._listening = asyncio.create_task(self._listen())

    async def say(self, text: str) -> None:
        """See `Line.say`."""
        self._sent += 1
        url = f"{self._url}/rooms/{self._account.room}/send/m.room.message/{self._sent}"
        body = {"msgtype": "m.text", "body": text}
        async with self._session.put(url, json=body) as answer:
            if answer.status != 200:
                raise ConnectionError(f"{answer.status} {await answer.text()}")

    async def close(self) -> None:
        """See `Line.close`."""
        if self._listening is not None:
            self._listening.cancel()
            with suppress(asyncio.CancelledError):
                await self._listening
        await self._session.close()

    async def _listen(self) -> None:
        while True:
            for event in await self._sync(POLL_MS):
                if event["type"] == "m.room.message":
                    self._heard(event["content"]["body"])

    async def _sync(self, wait_ms: int) -> list[dict[str, Any]]:
        asked = {"timeout": str(wait_ms), "filter": _filter(self._account.room)}
        if self._since:
            asked["since"] = self._since
        async with self._session.get(f"{self._url}/sync", params=asked) as answer:
            if answer.status != 200:
                raise ConnectionError(f"{answer.status} {await answer.text()}")
            told = await answer.json()
        self._since = told["next_batch"]
        room = told.get("rooms", {}).get("join", {}).get(self._account.room, {})
        return room.get("timeline", {}).get("events", [])


def _filter(room: str) -> str:
    kept = {"rooms": [room], "timeline": {"limit": PAGE}, "state": NOTHING, "ephemeral": NOTHING}
    return json.dumps(
        {
            "room": {**kept, "account_data": NOTHING},
            "presence": NOTHING,
            "account_data": NOTHING,
        }
    )
