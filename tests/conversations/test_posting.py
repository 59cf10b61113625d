import asyncio

import pytest

from tertulia.conversations.contract.conversations import Join, UpdateConversation
from tertulia.conversations.contract.messages import (
    DeleteMessage,
    EditMessage,
    GetMessage,
    PostMessage,
)
from tertulia.conversations.contract.updates import ListMessages, MessagePosted
from tertulia.kernel.ids import new_id
from tests.conversations.town import Town


async def test_messages_get_the_next_seq_and_number_in_the_order_sent(town: Town):
    where = (await town.channel("tinta")).id
    posted = await asyncio.gather(*(town.say(town.ana, f"n {i}", where) for i in range(100)))
    assert [m.seq for m in posted] == list(range(1, 101))
    assert [m.number for m in posted] == list(range(1, 101))
    assert [m.text for m in posted] == [f"n {i}" for i in range(100)]


async def test_live_updates_are_told_in_seq_order_and_read_the_same_from_the_log(town: Town):
    where = (await town.channel("tinta")).id
    await asyncio.gather(*(town.say(town.ana, f"n {i}", where) for i in range(50)))
    await town.house.settled()
    live = [e for e in town.house.heard(MessagePosted) if e.conversation_id == where]
    assert [e.model_dump(mode="json") for e in live] == await town.log(town.ana, where)


async def test_the_same_id_gives_one_message(town: Town):
    where = (await town.channel("tinta")).id
    request = PostMessage(conversation_id=where, id=new_id(), text="una vez")
    answers = await asyncio.gather(*(town.ask(request, town.ana) for _ in range(3)))
    assert [a.created for a in answers] == [True, False, False]
    assert len({a.message.seq for a in answers}) == 1
    assert (await town.seen(town.ana, where)).head == 1


async def test_a_repeated_id_answers_the_message_as_it_is_now_whatever_is_sent(town: Town):
    where = (await town.channel("tinta")).id
    said = await town.say(town.ana, "antes", where, id=new_id())
    await town.ask(EditMessage(message_id=said.id, text="ahora"), town.ana)
    again = await town.say(town.ana, "otra cosa", where, id=said.id)
    assert again.text == "ahora"
    await town.ask(DeleteMessage(message_id=said.id), town.ana)
    await town.ask(UpdateConversation(conversation_id=where, archived=True), town.ana)
    tombstone = await town.say(town.ana, "antes", where, id=said.id)
    assert tombstone.deleted_at is not None
    assert tombstone.text == ""


async def test_an_id_names_one_author_and_place(town: Town):
    where, elsewhere = (await town.channel("tinta")).id, (await town.channel("papel")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.ana, "mía", where, id=new_id())
    by_other = PostMessage(conversation_id=where, id=said.id, text="suya")
    assert await town.refused(by_other, town.bruno) == "conversations.id_in_use"
    other_place = PostMessage(conversation_id=elsewhere, id=said.id, text="mía")
    assert await town.refused(other_place, town.ana) == "conversations.id_in_use"


async def test_outsiders_learn_nothing_from_a_known_id(town: Town):
    where = (await town.channel("tinta", visibility="private")).id
    said = await town.say(town.ana, "secreto", where, id=new_id())
    forged = PostMessage(conversation_id=where, id=said.id, text="x")
    assert await town.refused(forged, town.bruno) == "not_found"
    assert await town.refused(GetMessage(message_id=said.id), town.bruno) == "not_found"


async def test_who_may_read_and_has_not_joined_may_not_post(town: Town):
    where = (await town.channel("tinta")).id
    request = PostMessage(conversation_id=where, text="hola")
    assert await town.refused(request, town.bruno) == "conversations.not_a_member"
    assert await town.refused(request, town.diego) == "not_found"


async def test_an_archived_conversation_refuses_posts(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(UpdateConversation(conversation_id=where, archived=True), town.ana)
    request = PostMessage(conversation_id=where, text="hola")
    assert await town.refused(request, town.ana) == "conversations.archived"


async def test_a_refusal_harms_nobody_else_in_the_batch(town: Town):
    where = (await town.channel("tinta", visibility="private")).id
    good = [town.say(town.ana, f"n {i}", where) for i in range(5)]
    bad = [town.ask(PostMessage(conversation_id=where, text="x"), town.bruno) for _ in range(5)]
    mixed = [each for pair in zip(good, bad, strict=True) for each in pair]
    results = await asyncio.gather(*mixed, return_exceptions=True)
    assert [r.seq for r in results[::2]] == [1, 2, 3, 4, 5]  # type: ignore[union-attr]
    assert all(isinstance(r, Exception) for r in results[1::2])


@pytest.mark.parametrize("thread", ["thread_id", "reply_to"])
async def test_quotes_and_threads_stay_in_their_conversation(town: Town, thread: str):
    where, elsewhere = (await town.channel("tinta")).id, (await town.channel("papel")).id
    there = await town.say(town.ana, "allí", elsewhere)
    for other in (there.id, new_id()):
        shape = {"conversation_id": where, "text": "aquí", thread: other}
        assert await town.refused(PostMessage.model_validate(shape), town.ana) == "not_found"


async def test_a_thread_has_no_threads_and_its_replies_stay_out_of_the_timeline(town: Town):
    where = (await town.channel("tinta")).id
    root = await town.say(town.ana, "raíz", where)
    reply = await town.say(town.ana, "rama", where, thread_id=root.id)
    shown = await town.say(town.ana, "a la vista", where, thread_id=root.id, also_in_channel=True)
    assert (reply.number, shown.number) == (None, 2)
    nested = PostMessage(conversation_id=where, text="hoja", thread_id=reply.id)
    assert await town.refused(nested, town.ana) == "invalid"
    page = await town.ask(ListMessages(conversation_id=where), town.ana)
    assert [m.text for m in page.items] == ["raíz", "a la vista"]
    assert page.items[0].reply_count == 2
    told = [update.get("reply_count") for update in await town.log(town.ana, where)]
    assert told == [None, 2, 2]


async def test_a_reply_may_follow_its_root_in_one_batch(town: Town):
    where = (await town.channel("tinta")).id
    root_id = new_id()
    _, reply = await asyncio.gather(
        town.say(town.ana, "raíz", where, id=root_id),
        town.say(town.ana, "rama", where, thread_id=root_id, reply_to=root_id),
    )
    assert reply.thread_id == root_id


async def test_tombstones_and_system_lines_are_not_answered(town: Town):
    where = (await town.channel("tinta")).id
    said = await town.say(town.ana, "adiós", where)
    await town.ask(DeleteMessage(message_id=said.id), town.ana)
    request = PostMessage(conversation_id=where, text="re", reply_to=said.id)
    assert await town.refused(request, town.ana) == "conversations.message_deleted"
    await town.ask(UpdateConversation(conversation_id=where, topic="color"), town.ana)
    page = await town.ask(ListMessages(conversation_id=where), town.ana)
    line = page.items[-1]
    assert line.kind == "system"
    quoting = PostMessage(conversation_id=where, text="re", reply_to=line.id)
    assert await town.refused(quoting, town.ana) == "forbidden"


async def test_mentions_are_of_those_who_may_read(town: Town):
    where = (await town.channel("tinta", visibility="private", members=(town.bruno.id,))).id
    said = await town.say(town.ana, "@bruno. @Carla @diego @ana `@bruno` @here @everyone", where)
    assert said.mentions == [town.bruno.id, town.ana.id, "here", "everyone"]
    by_member = await town.say(town.bruno, "@everyone @ana", where)
    assert by_member.mentions == [town.ana.id]


async def test_posting_moves_the_authors_mark_and_others_count_on(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    await town.say(town.ana, "@bruno uno", where)
    await town.say(town.ana, "dos", where)
    mine, theirs = await town.seen(town.ana, where), await town.seen(town.bruno, where)
    assert (mine.unread_count, mine.mention_count, mine.read) == (0, 0, mine.head)
    assert (theirs.unread_count, theirs.mention_count) == (2, 1)
