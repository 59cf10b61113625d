"""G15: a commit whose answer is lost is there, and the same id again is answered with it."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tertulia.chaos.clients.http import HttpClient
from tertulia.chaos.live.founding import found
from tertulia.chaos.live.process import Nursery
from tertulia.chaos.split.deployment import Servers, Split
from tertulia.chaos.split.record import PostgresRecord
from tertulia.kernel.ids import new_id

pytestmark = pytest.mark.split

POST = "conversations.post_message"
TRIES = 50
"""Other transactions may take the loss, and run again."""


async def test_a_message_whose_commit_was_not_answered_is_sent_again(
    servers: Servers, tmp_path: Path
):
    with Nursery() as nursery:
        async with Split(nursery, servers, tmp_path, seed=1) as deployment:
            await deployment.start()
            town = await asyncio.to_thread(found, deployment.url)
            ana = HttpClient(deployment.url, town.citizens["ana"].token)
            stored = PostgresRecord(servers.postgresql)
            fields = {"conversation_id": town.conversations["general"], "text": "hola"}
            lost = await post_until_lost(deployment, ana, fields, stored)
            again = await insist(ana, {**fields, "id": lost})
            await ana.close()
            assert again["message"]["id"] == lost
            assert places_of(lost, stored) == [again["message"]["seq"]]


async def post_until_lost(
    deployment: Split, ana: HttpClient, fields: dict[str, Any], stored: PostgresRecord
) -> str:
    """The id of a message that is there, and of which nobody was told so."""
    for _ in range(TRIES):
        message_id = new_id()
        deployment.commits.lose(1)
        answer = await ana.ask(POST, {**fields, "id": message_id})
        if not answer["ok"] and places_of(message_id, stored):
            assert answer["error"]["code"] == "unavailable"
            return message_id
    raise AssertionError("no commit of a message was lost")


async def insist(ana: HttpClient, fields: dict[str, Any]) -> dict[str, Any]:
    async with asyncio.timeout(60):
        while True:
            answer = await ana.ask(POST, fields)
            if answer["ok"]:
                return answer["result"]
            assert answer["error"]["retryable"]
            await asyncio.sleep(0.1)


def places_of(message_id: str, stored: PostgresRecord) -> list[int]:
    logs = stored.dump_logs()
    return [it["seq"] for log in logs for it in log.updates if it["message_id"] == message_id]
