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
"""Bytes of an answer that every client takes."""


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


async def whole_log(town: Town, where: str) -> list[int]:
    """The seqs of a log read page by page, none of them larger than a client takes."""
    epoch, seqs, more = (await town.seen(town.ana, where)).epoch, [0], True
    while more:
        asked = CatchUp(positions={where: Position(epoch=epoch, seq=seqs[-1])}, limit=1000)
        caught = await town.ask(asked, town.ana)
        assert len(caught.model_dump_json().encode()) < MOST
        seqs += [update["seq"] for update in caught.updates]
        more = caught.more
    return seqs[1:]


async def test_however_much_was_said_one_catches_up_in_answers_that_arrive(town: Town):
    where = await place(town, *[LONG] * 20)
    assert await whole_log(town, where) == list(range(1, 21))
    page = await town.ask(ListUpdates(conversation_id=where, limit=1000), town.ana)
    assert 0 < len(page.items) < 20
    assert page.head == 20


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [({}, None, 20), ({"before": 15}, None, 14), ({"after": 4}, 5, None)],
)
async def test_a_page_of_much_text_ends_early_and_says_so(
    town: Town, asked: dict[str, int], first: int | None, last: int | None
):
    where = await place(town, *[LONG] * 20)
    page = await town.ask(ListMessages(conversation_id=where, limit=200, **asked), town.ana)
    seqs = [message.seq for message in page.items]
    assert seqs == list(range(seqs[0], seqs[-1] + 1))
    assert (page.has_before, page.has_after) == (True, last != 20)
    assert seqs[0] == first or seqs[-1] == last
    assert len(page.model_dump_json().encode()) < MOST


async def test_around_a_message_of_many_long_ones_it_is_there(town: Town):
    where = await place(town, *[LONG] * 20)
    page = await town.ask(ListMessages(conversation_id=where, limit=200, around=10), town.ana)
    assert 10 in [message.seq for message in page.items]
    assert (page.has_before, page.has_after) == (True, True)
    assert len(page.model_dump_json().encode()) < MOST


async def test_threads_and_pins_of_much_text_end_early_too(town: Town):
    where = await place(town)
    root = await town.say(town.ana, "hilo", where)
    replies = [await town.say(town.ana, LONG, where, thread_id=root.id) for _ in range(10)]
    thread = await town.ask(ListThread(message_id=root.id, limit=200), town.ana)
    assert [message.id for message in thread.items] == [each.id for each in replies][:8]
    assert thread.has_after
    for reply in replies:
        await town.ask(PinMessage(message_id=reply.id), town.ana)
    pins = await town.ask(ListPins(conversation_id=where, limit=200), town.ana)
    rest = await town.ask(ListPins(conversation_id=where, limit=200, cursor=pins.next), town.ana)
    assert (len(pins.items), len(rest.items), rest.next) == (8, 2, None)
