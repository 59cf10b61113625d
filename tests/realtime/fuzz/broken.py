"""A server that is ill in a way that its clients choose: what the fuzzer must notice."""

import asyncio
import os
import time
from typing import Any

from tests.realtime.fuzz import application

KEPT: list[Any] = []


def table(engine: Any, secret: str) -> type:
    """Handlers as in the application that is attacked, with an event for each illness."""

    class Broken(application.table(engine, secret)):
        async def on_fail(self, sid: str) -> None:
            raise RuntimeError("planted")

        async def on_forget(self, sid: str) -> None:
            KEPT.append(asyncio.create_task(asyncio.sleep(3600)))

        async def on_block(self, sid: str) -> None:
            time.sleep(60)  # until it is ended: longer than anybody waits

        async def on_toil(self, sid: str) -> None:
            end = time.thread_time() + 1.3
            while time.thread_time() < end:
                pass

        async def on_die(self, sid: str) -> None:
            os._exit(3)

        async def on_hold(self, sid: str) -> None:
            KEPT.append(bytearray(100 * 2**20))

    return Broken


if __name__ == "__main__":
    application.main(table)
