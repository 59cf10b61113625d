"""Pages of the timeline and of the log, whatever is asked and however much was said."""

import pytest

from tertulia.conversations.contract.conversations import MarkRead
from tertulia.conversations.contract.messages import ListPins, ListThread, PinMessage
from tertulia.conversations.contract.updates import CatchUp, ListMessages, ListUpdates, Position
from tests.conversations.town import Town

FAR = 10**30
"""A number that no database takes."""

LONG = "😀" * 16_000
"""The longest message, in the signs that take the most room."""

MOST = 2 * 1_048_576
"""Bytes in an answer that every client takes, whatever was said."""


async def place(town: Town, *texts: str) -> str:
    where = (await town.channel("tinta")).id
    for text in texts:
        await town.say(town.ana, text, where)
    return where


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"before": FAR}, ["uno", "dos"]),
        ({"before": -FAR}, []),
        ({"after": FAR}, []),
        ({"after": -FAR}, ["uno", "dos"]),
        ({"around": FAR}, ["uno", "dos"]),
        ({"around": -FAR}, ["uno", "dos"]),
        ({"limit": FAR}, ["uno", "dos"]),
        ({"limit": -FAR}, ["dos"]),
    ],
)
async def test_no_number_is_too_large_for_a_page(town: Town, asked: dict[str, int], shown):
    where = await place(town, "uno", "dos")
    page = await town.ask(ListMessages(conversation_id=where, **asked), town.ana)
    assert [message.text for message in page.items] == shown


async def test_no_number_is_too_large_for_a_thread(town: Town):
    where = await place(town)
    root = await town.say(town.ana, "hilo", where)
    reply = await town.say(town.ana, "dentro", where, thread_id=root.id)
    for after, shown in ((FAR, []), (-FAR, [reply.id])):
        page = await town.ask(ListThread(message_id=root.id, after=after), town.ana)
        assert [message.id for message in page.items] == shown


async def test_a_seq_above_the_head_is_of_another_history_however_large(town: Town):
    where = await place(town, "uno")
    request = ListUpdates(conversation_id=where, after=FAR)
    assert await town.refused(request, town.ana) == "conversations.resync"
    epoch = (await town.seen(town.ana, where)).epoch
    asked = CatchUp(positions={where: Position(epoch=epoch, seq=FAR)})
    assert (await town.ask(asked, town.ana)).resync == [where]


async def test_a_mark_far_above_the_head_is_taken_as_the_head(town: Town):
    where = await place(town, "uno")
    await town.ask(MarkRead(conversation_id=where, seq=0, force=True), town.ana)
    await town.ask(MarkRead(conversation_id=where, seq=FAR), town.ana)
    assert (await town.seen(town.ana, where)).read == 1
