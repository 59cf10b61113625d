"""A data folder in which everything that is derived has been derived.

Three people and a guest, who did all that leaves a trace: they wrote, mentioned, answered, edited,
deleted, reacted, pinned, joined, left, changed names and read.
"""

from pathlib import Path
from typing import Any, TypeVar

from tertulia.accounts.contract import UpdateProfile
from tertulia.conversations.contract import conversations as places
from tertulia.conversations.contract import messages as said
from tertulia.conversations.contract.arriving import Register, SetUp
from tertulia.conversations.contract.spaces import SetSpaceMember
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Request
from tertulia.personal.contract import SaveDraft, SaveMessage
from tertulia.runtime.instance import Instance, opened
from tertulia.runtime.settings import Settings

R = TypeVar("R")
PASSWORD = "una buena taza de té"
LOCAL = Actor(id="", kind="nobody", local=True, address="127.0.0.1")


class Story:
    """Asks in the name of its people, and remembers the ids that tests need."""

    def __init__(self, instance: Instance) -> None:
        self._bus = instance.bus
        self.people: dict[str, Actor] = {}
        self.tokens: dict[str, str] = {}
        self.ids: dict[str, str] = {}

    async def ask(self, request: Request[R], who: str) -> R:
        return await self._bus.ask(request, self.people[who])

    async def arrive(self, name: str, space_id: str | None = None) -> None:
        fields: Any = {"username": name, "display_name": name.title(), "password": PASSWORD}
        if not self.people:
            done: Any = await self._bus.ask(SetUp(organization="Casa", **fields), LOCAL)
            self.ids["casa"], self.ids["general"] = done.space.id, done.conversation.id
        else:
            done = await self._bus.ask(Register(**fields), LOCAL)
        user = done.user
        self.tokens[name] = done.token
        self.people[name] = Actor(
            id=user.id,
            kind="person",
            username=name,
            display_name=user.display_name,
            administrator=user.administrator,
            version=1,
        )

    async def say(self, who: str, text: str, where: str, **more: Any) -> str:
        request = said.PostMessage(conversation_id=where, text=text, id=new_id(), **more)
        return (await self.ask(request, who)).message.id

    async def open(self, who: str, **fields: Any) -> str:
        return (await self.ask(places.CreateConversation(**fields), who)).conversation.id


async def live(instance: Instance) -> Story:
    """All of it, in order."""
    story = Story(instance)
    for name in ("ana", "bruno", "carla"):
        await story.arrive(name)
    await instance.house.consumed()
    await _talk(story)
    await _come_and_go(story)
    await _talk_elsewhere(story)
    await _begin(story)
    await story.ask(UpdateProfile(display_name="Carla C.", username="carlota"), "carla")
    await instance.house.consumed()
    return story


async def _talk(story: Story) -> None:
    general, ids = story.ids["general"], story.ids
    ids["root"] = await story.say("ana", "hola @bruno", general)
    ids["reply"] = await story.say("bruno", "hola, @here", general, thread_id=ids["root"])
    await story.say("carla", "en los dos", general, thread_id=ids["root"], also_in_channel=True)
    ids["quote"] = await story.say("carla", "y eso", general, reply_to=ids["root"])
    ids["edited"] = await story.say("ana", "@carla, ven", general)
    await story.ask(said.EditMessage(message_id=ids["edited"], text="@bruno, ven"), "ana")
    ids["deleted"] = await story.say("bruno", "@carla, nada", general)
    for emoji in ("👍", "🎉"):
        await story.ask(said.AddReaction(message_id=ids["deleted"], emoji=emoji), "ana")
        await story.ask(said.AddReaction(message_id=ids["root"], emoji=emoji), "carla")
    await story.ask(said.RemoveReaction(message_id=ids["root"], emoji="🎉"), "carla")
    await story.ask(said.DeleteMessage(message_id=ids["deleted"]), "bruno")
    ids["pinned"] = await story.say("ana", "esto queda", general)
    for pin in (said.PinMessage, said.UnpinMessage, said.PinMessage):
        await story.ask(pin(message_id=ids["pinned"]), "bruno")
    await story.ask(places.MarkRead(conversation_id=general, seq=4), "carla")
    await story.ask(places.UpdateSettings(conversation_id=general, muted=True), "carla")


async def _come_and_go(story: Story) -> None:
    bruno, carla = story.people["bruno"].id, story.people["carla"].id
    taller = await story.open(
        "ana", kind="channel", space_id=story.ids["casa"], name="Taller", members=(bruno,)
    )
    story.ids["taller"] = taller
    await story.say("bruno", "@everyone @ana", taller)
    await story.ask(places.Join(conversation_id=taller), "carla")
    await story.ask(places.Leave(conversation_id=taller), "carla")
    await story.ask(places.AddMember(conversation_id=taller, user_id=carla), "ana")
    await story.ask(
        places.AddMember(conversation_id=taller, user_id=bruno, role="moderator"), "ana"
    )
    await story.ask(places.UpdateConversation(conversation_id=taller, topic="madera"), "ana")
    await story.ask(places.RemoveMember(conversation_id=taller, user_id=carla), "ana")
    moderates = SetSpaceMember(space_id=story.ids["casa"], user_id=bruno, role="moderator")
    await story.ask(moderates, "ana")


async def _talk_elsewhere(story: Story) -> None:
    bruno, carla = story.people["bruno"].id, story.people["carla"].id
    story.ids["direct"] = await story.open("ana", kind="direct", members=(bruno,))
    await story.say("bruno", "¿@ana?", story.ids["direct"])
    story.ids["notes"] = await story.open("ana", kind="direct", members=(story.people["ana"].id,))
    story.ids["group"] = await story.open("ana", kind="group", members=(bruno, carla))
    await story.ask(places.Leave(conversation_id=story.ids["group"]), "ana")
    listed = await story.ask(places.ListConversations(), "ana")
    story.ids["plaza"] = next(
        each.id for each in listed.items if each.space_id is None and each.name
    )
    story.people["guest"] = Actor(
        id=new_id(), kind="guest", display_name="Visita", version=1, local=True
    )
    await story.say("guest", "buenas, @carla", story.ids["plaza"])


async def _begin(story: Story) -> None:
    general, thread = story.ids["general"], story.ids["root"]
    await story.ask(SaveDraft(conversation_id=general, text="y luego"), "ana")
    await story.ask(SaveDraft(conversation_id=general, thread_id=thread, text="sí"), "ana")
    await story.ask(SaveDraft(conversation_id=story.ids["group"], text="nada más"), "carla")
    await story.ask(SaveMessage(message_id=story.ids["root"]), "carla")


async def fill(data: Path) -> Story:
    """The folder with all that in it, and nobody who has it open."""
    async with opened(Settings(data=data, registration="open", rate_limits=False)) as instance:
        return await live(instance)
