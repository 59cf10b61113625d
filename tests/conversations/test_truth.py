"""A snapshot, and the updates that follow it, make the next snapshot (docs/guarantees.md, G5)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.conversations.contract.conversations import (
    AddMember,
    ArchiveConversation,
    Join,
    Leave,
    MarkRead,
    ReadMoved,
    RemoveMember,
    SettingsChanged,
    UpdateConversation,
    UpdateSettings,
)
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    ListThread,
    MessageView,
    PinMessage,
    RemoveReaction,
    UnpinMessage,
)
from tertulia.conversations.contract.updates import ListMessages, Update
from tertulia.kernel.actor import Actor
from tests.conversations.reducer import Reducer, State
from tests.conversations.town import Town


class Scene:
    """A channel of Ana's with Bruno and Carla in it, where something was said already."""

    def __init__(self, town: Town, where: str, said: MessageView, reply: MessageView) -> None:
        self.town, self.where, self.said, self.reply = town, where, said, reply

    @classmethod
    async def open(cls, town: Town) -> "Scene":
        members = (town.bruno.id, town.carla.id)
        where = (await town.channel("tinta", members=members)).id
        said = await town.say(town.bruno, "hola @ana y @carla", where)
        reply = await town.say(town.ana, "dentro, @here", where, thread_id=said.id)
        await town.say(town.carla, "última", where)
        for emoji in ("👍", "🎉"):
            await town.ask(AddReaction(message_id=said.id, emoji=emoji), town.bruno)
        return cls(town, where, said, reply)

    async def seen(self, actor: Actor) -> State:
        """All that somebody sees, read at once."""
        page = await self.town.ask(ListMessages(conversation_id=self.where, limit=200), actor)
        thread = await self.town.ask(ListThread(message_id=self.said.id, limit=200), actor)
        shown = [*page.items, *thread.items]
        assert page.conversation is not None
        return {
            "conversation": page.conversation.model_dump(mode="json"),
            "messages": {message.id: message.model_dump(mode="json") for message in shown},
        }


Act = Callable[[Scene], Awaitable[Any]]

ACTS: dict[str, Act] = {
    "post": lambda s: s.town.say(s.town.bruno, "otra, @carla", s.where),
    "post everyone": lambda s: s.town.say(s.town.ana, "@everyone", s.where),
    "reply": lambda s: s.town.say(s.town.bruno, "sí @ana", s.where, thread_id=s.said.id),
    "reply in both": lambda s: s.town.say(
        s.town.bruno, "sí @ana", s.where, thread_id=s.said.id, also_in_channel=True
    ),
    "quote": lambda s: s.town.say(s.town.carla, "eso", s.where, reply_to=s.said.id),
    "edit": lambda s: s.town.ask(
        EditMessage(message_id=s.said.id, text="hola, solo @carla"), s.town.bruno
    ),
    "delete": lambda s: s.town.ask(DeleteMessage(message_id=s.said.id), s.town.bruno),
    "undo": lambda s: s.town.ask(DeleteMessage(message_id=s.said.id, undone=True), s.town.bruno),
    "delete a reply": lambda s: s.town.ask(DeleteMessage(message_id=s.reply.id), s.town.ana),
    "react": lambda s: s.town.ask(AddReaction(message_id=s.said.id, emoji="👍"), s.town.ana),
    "unreact": lambda s: s.town.ask(RemoveReaction(message_id=s.said.id, emoji="👍"), s.town.bruno),
    "pin": lambda s: s.town.ask(PinMessage(message_id=s.said.id), s.town.bruno),
    "pin and unpin": lambda s: _each(
        s, s.town.bruno, PinMessage(message_id=s.said.id), UnpinMessage(message_id=s.said.id)
    ),
    "pin and delete": lambda s: _each(
        s, s.town.bruno, PinMessage(message_id=s.said.id), DeleteMessage(message_id=s.said.id)
    ),
    "leave and join": lambda s: _each(
        s, s.town.carla, Leave(conversation_id=s.where), Join(conversation_id=s.where)
    ),
    "remove": lambda s: s.town.ask(
        RemoveMember(conversation_id=s.where, user_id=s.town.carla.id), s.town.ana
    ),
    "promote": lambda s: s.town.ask(
        AddMember(conversation_id=s.where, user_id=s.town.bruno.id, role="moderator"), s.town.ana
    ),
    "hand over": lambda s: _each(
        s, s.town.ana, Leave(conversation_id=s.where), Join(conversation_id=s.where)
    ),
    "rename": lambda s: s.town.ask(
        UpdateConversation(conversation_id=s.where, name="papel", topic="de arroz", default=True),
        s.town.ana,
    ),
    "archive": lambda s: s.town.ask(ArchiveConversation(conversation_id=s.where), s.town.ana),
    "read": lambda s: s.town.ask(MarkRead(conversation_id=s.where, seq=999), s.town.bruno),
    "read half": lambda s: s.town.ask(MarkRead(conversation_id=s.where, seq=1), s.town.carla),
    "unread": lambda s: s.town.ask(
        MarkRead(conversation_id=s.where, seq=0, force=True), s.town.bruno
    ),
    "mute": lambda s: s.town.ask(UpdateSettings(conversation_id=s.where, muted=True), s.town.bruno),
}


async def _each(scene: Scene, actor: Actor, *requests: Any) -> None:
    for request in requests:
        await scene.town.ask(request, actor)


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
async def test_a_snapshot_and_what_follows_are_the_truth(town: Town, act: Act):
    scene = await Scene.open(town)
    await town.house.settled()
    town.house.events.clear()
    followers = (town.bruno, *([] if act in _MOVES_ANA else [town.ana]))
    reducers = {actor.id: Reducer(await scene.seen(actor), actor.id) for actor in followers}
    await act(scene)
    await town.house.settled()
    for event in town.house.events:
        for viewer_id, reducer in reducers.items():
            if isinstance(event, Update):
                reducer.update(event.model_dump(mode="json"))
            elif isinstance(event, ReadMoved | SettingsChanged) and event.user_id == viewer_id:
                reducer.mine(event.model_dump(mode="json"))
    for actor in followers:
        assert reducers[actor.id].state == await scene.seen(actor)


_MOVES_ANA = (ACTS["hand over"],)
"""Acts after which Ana takes a new snapshot, because she has left."""
