"""Many people with python-socketio write at once; the twin of writers.js, with its arguments."""

import asyncio
import json
import sys
from typing import Any

import socketio

URL, CONVERSATION, COUNT, TOKENS, *TRANSPORTS = sys.argv[1:]
PEOPLE = TOKENS.split(",")
TOTAL = len(PEOPLE) * int(COUNT)


class Writer:
    """A person on a bare client: nothing is dropped, sorted or asked for again."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(reconnection=False)
        self.ready = asyncio.Event()
        self.done = asyncio.Event()
        self.heard: list[Any] = []
        self.client.on("gateway.ready", lambda _: self.ready.set())
        self.client.on("conversations.message_posted", self.hear)

    def hear(self, update: dict[str, Any]) -> None:
        self.heard.append([update["seq"], update["message"]["id"], update["message"]["text"]])
        if len(self.heard) == TOTAL:
            self.done.set()

    async def connect(self, token: str) -> None:
        transports = TRANSPORTS or None
        await self.client.connect(
            URL, auth={"token": token}, transports=transports, wait_timeout=30
        )
        await self.ready.wait()

    async def write(self, name: int) -> list[Any]:
        answers = [asyncio.get_running_loop().create_future() for _ in range(int(COUNT))]
        for n, answer in enumerate(answers):
            fields = {"conversation_id": CONVERSATION, "text": f"{name} {n}"}
            await self.client.emit("conversations.post_message", fields, callback=answer.set_result)
        return [read_answer(answer) for answer in await asyncio.gather(*answers)]


def read_answer(answer: dict[str, Any]) -> Any:
    if not answer["ok"]:
        return answer["error"]["code"]
    message = answer["result"]["message"]
    return [message["seq"], message["id"], message["text"]]


async def main() -> None:
    writers = [Writer() for _ in PEOPLE]
    await asyncio.gather(*map(Writer.connect, writers, PEOPLE))
    acks = await asyncio.gather(*map(Writer.write, writers, range(len(writers))))
    await asyncio.gather(*(writer.done.wait() for writer in writers))
    for writer in writers:
        await writer.client.call("conversations.list_conversations", {})
    seen = zip(writers, acks, strict=True)
    sys.stdout.write(json.dumps([{"heard": w.heard, "acks": ack} for w, ack in seen]) + "\n")
    await asyncio.gather(*(writer.client.disconnect() for writer in writers))


asyncio.run(main())
