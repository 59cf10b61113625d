"""What is archived can be read, refuses every change, and knows what is so already."""

import pytest

from tertulia.conversations.contract.conversations import (
    AddMember,
    ArchiveConversation,
    Join,
    Leave,
    MarkRead,
    RemoveMember,
    UpdateConversation,
    UpdateSettings,
)
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    MessageView,
    PinMessage,
    PostMessage,
    RemoveReaction,
)
from tertulia.conversations.contract.spaces import RemoveSpaceMember
from tertulia.kernel.ids import new_id
from tests.conversations.town import Town


@pytest.fixture
async def said(town: Town) -> MessageView:
    """What Bruno said, and reacted to, in a channel that is archived by now."""
    where = (await town.channel("tinta")).id
    await town.ask(Join(conversation_id=where), town.bruno)
    said = await town.say(town.bruno, "hola", where)
    await town.ask(AddReaction(message_id=said.id, emoji="👍"), town.bruno)
    await town.ask(ArchiveConversation(conversation_id=where), town.ana)
    return said


async def test_it_refuses_every_change(town: Town, said: MessageView):
    where = said.conversation_id
    for request in (
        PostMessage(conversation_id=where, text="otra", id=new_id()),
        EditMessage(message_id=said.id, text="otra"),
        DeleteMessage(message_id=said.id),
        AddReaction(message_id=said.id, emoji="🎉"),
        RemoveReaction(message_id=said.id, emoji="👍"),
        PinMessage(message_id=said.id),
        UpdateConversation(conversation_id=where, topic="otro"),
        AddMember(conversation_id=where, user_id=town.carla.id),
        Leave(conversation_id=where),
        RemoveMember(conversation_id=where, user_id=town.bruno.id),
    ):
        assert await town.refused(request, town.bruno) == "conversations.archived"
    assert (await town.seen(town.bruno, where)).role == "member"


async def test_what_is_so_already_is_answered(town: Town, said: MessageView):
    where = said.conversation_id
    head = (await town.seen(town.bruno, where)).head
    again = PostMessage(conversation_id=where, text="otra", id=said.id)
    assert (await town.ask(again, town.bruno)).message.text == "hola"
    await town.ask(EditMessage(message_id=said.id, text="hola"), town.bruno)
    await town.ask(AddReaction(message_id=said.id, emoji="👍"), town.bruno)
    await town.ask(Join(conversation_id=where), town.bruno)
    await town.ask(AddMember(conversation_id=where, user_id=town.bruno.id), town.ana)
    await town.ask(Leave(conversation_id=where), town.carla)
    await town.ask(ArchiveConversation(conversation_id=where), town.ana)
    assert (await town.seen(town.bruno, where)).head == head


async def test_what_is_mine_alone_still_moves(town: Town, said: MessageView):
    where = said.conversation_id
    await town.ask(MarkRead(conversation_id=where, seq=0, force=True), town.bruno)
    await town.ask(UpdateSettings(conversation_id=where, muted=True), town.bruno)
    seen = await town.seen(town.bruno, where)
    assert (seen.read, seen.muted) == (0, True)


async def test_who_leaves_the_space_leaves_it_too(town: Town, said: MessageView):
    await town.ask(RemoveSpaceMember(space_id=town.taller, user_id="me"), town.bruno)
    assert (await town.seen(town.ana, said.conversation_id)).member_count == 1
