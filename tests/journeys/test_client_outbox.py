"""SIGKILL of a program in the middle of sending: what it wrote is posted once, in its order."""

import sys

import pytest

from tertulia.client import FileOutbox, Tertulia
from tests.support.programs import Program

WRITTEN = 40
ROUNDS = 3

WRITER = f"""
import asyncio, os
from tertulia.client import FileOutbox, Tertulia

async def main():
    outbox = FileOutbox(os.environ["OUTBOX"])
    number = int(os.environ["BEGIN"])
    async with Tertulia(os.environ["URL"], token=os.environ["TOKEN"], outbox=outbox) as t:
        place = os.environ["PLACE"]
        async with asyncio.TaskGroup() as sends:
            for text in range(number, number + {WRITTEN}):
                sends.create_task(t.send(place, str(text)))
                await asyncio.sleep(0)
                print("written", text, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("killed_after", [1, WRITTEN // 2, WRITTEN])
async def test_nothing_is_lost_and_nothing_doubled(town, tmp_path, killed_after):
    path = tmp_path / "unsent.db"
    variables = {
        "URL": town.server.url,
        "TOKEN": town.tokens["ana"],
        "OUTBOX": str(path),
        "PLACE": town.general,
    }
    written: list[str] = []
    async with Tertulia(town.server.url, token=town.tokens["bruno"]) as bruno:
        heard = bruno.listen(town.general)
        for begin in range(0, ROUNDS * WRITTEN, WRITTEN):
            program = await Program.start(
                sys.executable, "-c", WRITER, BEGIN=str(begin), **variables
            )
            await program.prints(f"written {begin + killed_after - 1}")
            program.kill()
            _, rest = await program.wait()
            said = [*program.lines, *rest.splitlines(keepends=False)]
            written += [line.split()[1] for line in said if line.startswith("written ")]
        with FileOutbox(path) as outbox:
            async with Tertulia(town.server.url, token=town.tokens["ana"], outbox=outbox) as ana:
                await ana.flush()
                await ana.send(town.general, "fin")
            assert not outbox.list_unsent()
        texts: list[str] = []
        while not texts or texts[-1] != "fin":
            texts.append((await anext(heard)).text)
    assert set(written) <= set(texts)
    assert [int(text) for text in texts[:-1]] == sorted({int(text) for text in texts[:-1]})
