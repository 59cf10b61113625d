from datetime import datetime

from tertulia.conversations.contract.conversations import Join, MarkRead, ReadMoved
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    GetMessage,
    ListPins,
    ListRevisions,
    ListThread,
    PinMessage,
    RemoveReaction,
    UnpinMessage,
)
from tertulia.conversations.contract.updates import ListMessages
from tertulia.kernel.actor import Actor
from tertulia.kernel.clock import rfc3339
from tertulia.kernel.ids import new_id
from tests.conversations.town import Town, a_town
from tests.support.clock import StoppedClock


async def test_edits_are_the_authors_and_keep_what_was_said(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.bruno, "ola", where)
    edited = await town.ask(EditMessage(message_id=said.id, text="hola"), town.bruno)
    assert (edited.message.text, edited.message.seq) == ("hola", said.seq)
    assert edited.message.edited_at is not None
    assert await town.refused(EditMessage(message_id=said.id, text="x"), town.ana) == "forbidden"
    kept = await town.ask(ListRevisions(message_id=said.id), town.bruno)
    assert [r.text for r in kept.items] == ["ola", "hola"]
    await town.ask(Join(conversation_id=where), town.carla)
    assert await town.refused(ListRevisions(message_id=said.id), town.carla) == "forbidden"


async def test_an_edit_to_the_same_text_makes_no_update(town: Town):
    where = (await town.channel("tinta")).id
    said = await town.say(town.ana, "igual", where)
    await town.ask(EditMessage(message_id=said.id, text="igual"), town.ana)
    assert (await town.seen(town.ana, where)).head == said.seq


async def test_history_shows_no_removed_text(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.bruno, "canario @ana", where)
    await town.ask(AddReaction(message_id=said.id, emoji="👍"), town.ana)
    await town.ask(EditMessage(message_id=said.id, text="canario 2"), town.bruno)
    await town.ask(DeleteMessage(message_id=said.id), town.bruno)
    assert "canario" not in str(await town.log(town.ana, where))
    page = await town.ask(ListMessages(conversation_id=where), town.ana)
    tombstone = next(m for m in page.items if m.id == said.id)
    assert (tombstone.text, tombstone.mentions, tombstone.reactions) == ("", [], [])
    assert (tombstone.seq, tombstone.number) == (said.seq, said.number)
    assert await town.refused(ListRevisions(message_id=said.id), town.bruno) == "forbidden"
    kept = await town.ask(ListRevisions(message_id=said.id), town.ana)
    assert [r.text for r in kept.items] == ["canario @ana", "canario 2"]


async def test_deleting_is_for_the_author_and_moderators_and_done_once(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    await town.ask(Join(conversation_id=where), town.carla)
    said = await town.say(town.bruno, "mía", where)
    assert await town.refused(DeleteMessage(message_id=said.id), town.carla) == "forbidden"
    await town.ask(DeleteMessage(message_id=said.id), town.ana)
    head = (await town.seen(town.ana, where)).head
    await town.ask(DeleteMessage(message_id=said.id), town.bruno)
    assert (await town.seen(town.ana, where)).head == head
    edit = EditMessage(message_id=said.id, text="x")
    assert await town.refused(edit, town.bruno) == "conversations.message_deleted"


async def test_undone_is_for_the_author_soon_after_posting(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    soon, late, others = [await town.say(town.bruno, "ay", where) for _ in range(3)]
    await town.ask(DeleteMessage(message_id=soon.id, undone=True), town.bruno)
    await town.ask(DeleteMessage(message_id=others.id, undone=True), town.ana)
    town.house.clock.forward(seconds=31)
    await town.ask(DeleteMessage(message_id=late.id, undone=True), town.bruno)
    page = await town.ask(ListMessages(conversation_id=where), town.ana)
    undone = {m.id: m.undone for m in page.items if m.kind == "text"}
    assert undone == {soon.id: True, late.id: False, others.id: False}


async def test_counts_follow_edits_and_deletions_of_unread_mentions(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.ana, "@bruno", where)
    await town.ask(EditMessage(message_id=said.id, text="nadie"), town.ana)
    await town.ask(EditMessage(message_id=said.id, text="@here"), town.ana)
    await town.ask(DeleteMessage(message_id=said.id), town.ana)
    await town.house.settled()
    told = [e for e in town.house.heard(ReadMoved) if e.conversation_id == where]
    assert [(e.user_id, e.mention_count) for e in told] == [
        (town.bruno.id, 0),
        (town.bruno.id, 1),
        (town.bruno.id, 0),
    ]
    assert (await town.seen(town.bruno, where)).unread_count == 1


async def test_read_marks_go_forward_unless_forced(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    first, *_ = [await town.say(town.ana, f"@bruno {i}", where) for i in range(3)]
    head = (await town.seen(town.bruno, where)).head
    await town.ask(MarkRead(conversation_id=where, seq=10_000), town.bruno)
    assert (await town.seen(town.bruno, where)).read == head
    await town.ask(MarkRead(conversation_id=where, seq=first.seq), town.bruno)
    assert (await town.seen(town.bruno, where)).unread_count == 0
    await town.ask(MarkRead(conversation_id=where, seq=first.seq, force=True), town.bruno)
    seen = await town.seen(town.bruno, where)
    assert (seen.unread_count, seen.mention_count, seen.read) == (2, 2, first.seq)


async def test_a_guest_who_has_spoken_has_a_mark(town: Town):
    guest, silent = (Actor(id=new_id(), kind="guest", display_name=name) for name in "ab")
    said = await town.say(guest, "hola", town.plaza)
    await town.say(town.ana, "buenas", town.plaza)
    for actor in (guest, silent):
        assert (await town.seen(actor, town.plaza)).unread_count == (actor is guest)
        await town.ask(MarkRead(conversation_id=town.plaza, seq=said.seq + 1), actor)
        assert (await town.seen(actor, town.plaza)).unread_count == 0


async def test_reactions_are_counted_once_a_person_and_limited(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.ana, "mira", where)
    for actor in (town.ana, town.bruno, town.ana):
        await town.ask(AddReaction(message_id=said.id, emoji="🎉"), actor)
    updates = [u for u in await town.log(town.ana, where) if u["type"] == "reaction_added"]
    assert [u["user_id"] for u in updates] == [town.ana.id, town.bruno.id]
    await town.ask(RemoveReaction(message_id=said.id, emoji="🎉"), town.bruno)
    await town.ask(RemoveReaction(message_id=said.id, emoji="🎉"), town.bruno)
    page = await town.ask(ListMessages(conversation_id=where), town.ana)
    shown = next(m for m in page.items if m.id == said.id).reactions
    assert [(r.emoji, r.count, r.user_ids) for r in shown] == [("🎉", 1, [town.ana.id])]
    for emoji in ("no", "👍👍", "👍🏽x", ":Not Good:", "", "❤"):
        if emoji:
            bad = AddReaction(message_id=said.id, emoji=emoji)
            assert await town.refused(bad, town.ana) == "invalid"
    for number in range(19):
        await town.ask(AddReaction(message_id=said.id, emoji=f":e{number}:"), town.ana)
    more = AddReaction(message_id=said.id, emoji="👎")
    assert await town.refused(more, town.ana) == "invalid"
    await town.ask(AddReaction(message_id=said.id, emoji="🎉"), town.bruno)


async def test_pins_are_told_with_a_system_line(town: Town):
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.ana, "importante", where)
    await town.ask(PinMessage(message_id=said.id), town.bruno)
    await town.ask(PinMessage(message_id=said.id), town.bruno)
    pinned = (await town.log(town.ana, where))[-1]
    assert pinned["type"] == "message_pinned"
    assert pinned["message"]["data"] == {"type": "pinned", "message_id": said.id}
    assert pinned["message"]["seq"] == pinned["seq"]
    listed = await town.ask(ListPins(conversation_id=where), town.ana)
    assert [m.id for m in listed.items] == [said.id]
    await town.ask(UnpinMessage(message_id=said.id), town.ana)
    assert (await town.ask(ListPins(conversation_id=where), town.ana)).items == []


async def test_pages_go_both_ways_and_around(town: Town):
    where = (await town.channel("tinta")).id
    said = [await town.say(town.ana, str(i), where) for i in range(10)]

    async def page(**asked: object) -> tuple[str, bool, bool]:
        shape = {"conversation_id": where, "limit": 4, **asked}
        request = ListMessages.model_validate(shape)
        found = await town.ask(request, town.ana)
        return "".join(m.text for m in found.items), found.has_before, found.has_after

    assert await page() == ("6789", True, False)
    assert await page(before=said[6].seq) == ("2345", True, True)
    assert await page(before=said[2].seq) == ("01", False, True)
    assert await page(after=said[7].seq) == ("89", True, False)
    assert await page(after=0) == ("0123", False, True)
    assert await page(around=said[5].id) == ("3456", True, True)
    assert await page(around=said[5].seq) == ("3456", True, True)
    both = ListMessages(conversation_id=where, before=3, after=1)
    assert await town.refused(both, town.ana) == "invalid"


async def test_a_thread_is_paged_after_a_seq(town: Town):
    where = (await town.channel("tinta")).id
    root = await town.say(town.ana, "raíz", where)
    replies = [await town.say(town.ana, str(i), where, thread_id=root.id) for i in range(5)]
    first = await town.ask(ListThread(message_id=root.id, limit=3), town.ana)
    assert [m.text for m in first.items] == ["0", "1", "2"]
    assert (first.has_after, first.root.reply_count) == (True, 5)
    rest = await town.ask(ListThread(message_id=root.id, after=replies[2].seq), town.ana)
    assert [m.text for m in rest.items] == ["3", "4"]
    await town.ask(DeleteMessage(message_id=replies[0].id), town.ana)
    again = await town.ask(ListThread(message_id=root.id), town.ana)
    assert again.root.reply_count == 4
    assert await town.refused(ListThread(message_id=replies[1].id), town.ana) == "not_found"


class TickingClock(StoppedClock):
    """Time goes on between any two looks."""

    def now(self) -> datetime:
        return self.forward(milliseconds=1)


async def test_a_change_and_its_update_show_the_same_moment():
    async with a_town(clock=TickingClock()) as town:
        where = (await town.channel("tinta")).id
        said = await town.say(town.ana, "ola", where)
        await town.ask(EditMessage(message_id=said.id, text="hola"), town.ana)
        await town.ask(PinMessage(message_id=said.id), town.ana)
        pinned = (await town.ask(GetMessage(message_id=said.id), town.ana)).message
        await town.ask(DeleteMessage(message_id=said.id), town.ana)
        deleted = (await town.ask(GetMessage(message_id=said.id), town.ana)).message
        at = {u["type"]: u["at"] for u in await town.log(town.ana, where)}
    shown = [said.created_at, pinned.edited_at, pinned.pinned_at, deleted.deleted_at]
    told = ["message_posted", "message_edited", "message_pinned", "message_deleted"]
    assert [rfc3339(moment) for moment in shown if moment] == [at[kind] for kind in told]
