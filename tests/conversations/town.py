"""The cast in a running conversations service: who they are, and short ways to ask in their name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from tertulia.conversations.contract.conversations import (
    ConversationView,
    CreateConversation,
    GetConversation,
    ListConversations,
)
from tertulia.conversations.contract.messages import MessageView, PostMessage
from tertulia.conversations.contract.spaces import CreateSpace, SetSpaceMember, SpaceRole
from tertulia.conversations.contract.updates import ListUpdates
from tertulia.conversations.wiring import wire
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Request
from tertulia.kit.service import Policy
from tests.support.clock import StoppedClock
from tests.support.kit import TestHouse, running

R = TypeVar("R")


def person(username: str, *, administrator: bool = False) -> Actor:
    """Somebody with an account."""
    return Actor(
        id=new_id(),
        kind="person",
        username=username,
        display_name=username.title(),
        administrator=administrator,
        version=1,
    )


class Town:
    """ana owns the space «taller»; bruno and carla are its members; diego is in no space."""

    def __init__(self, house: TestHouse) -> None:
        self.house = house
        self.ana = person("ana", administrator=True)
        self.bruno = person("bruno")
        self.carla = person("carla")
        self.diego = person("diego")
        self.plaza = self.taller = ""

    async def open(self) -> None:
        """Everybody says hello in the plaza, and the space is made."""
        listed = await self.house.ask(ListConversations(), self.ana)
        self.plaza = next(c.id for c in listed.items if c.name == "plaza")
        for actor in (self.ana, self.bruno, self.carla, self.diego):
            await self.say(actor, "hola", self.plaza)
        made = await self.house.ask(CreateSpace(name="Taller", kind="team"), self.ana)
        self.taller = made.space.id
        await self.let_in(self.bruno)
        await self.let_in(self.carla)

    async def let_in(self, actor: Actor, role: SpaceRole = "member", space: str = "") -> None:
        """Give somebody a role in a space."""
        request = SetSpaceMember(space_id=space or self.taller, user_id=actor.id, role=role)
        await self.house.ask(request, self.ana)

    async def newcomer(self, username: str, role: SpaceRole | None = None) -> Actor:
        """Somebody new, with a role in the space if it is given."""
        actor = person(username)
        await self.say(actor, "hola", self.plaza)
        if role is not None:
            await self.let_in(actor, role)
        return actor

    async def ask(self, request: Request[R], actor: Actor) -> R:
        """The answer to somebody."""
        return await self.house.ask(request, actor)

    async def refused(self, request: Request[Any], actor: Actor) -> str:
        """The code with which somebody is refused, and nothing is told."""
        await self.house.settled()
        before = len(self.house.events)
        try:
            await self.house.ask(request, actor)
        except AppError as refusal:
            await self.house.settled()
            assert len(self.house.events) == before
            return refusal.code
        raise AssertionError(f"{request.wire_name} was not refused")

    async def channel(self, name: str, by: Actor | None = None, **more: Any) -> ConversationView:
        """A new channel of the space."""
        request = CreateConversation(kind="channel", space_id=self.taller, name=name, **more)
        return (await self.house.ask(request, by or self.ana)).conversation

    async def direct(self, one: Actor, other: Actor) -> ConversationView:
        """The direct of two people."""
        request = CreateConversation(kind="direct", members=(other.id,))
        return (await self.house.ask(request, one)).conversation

    async def say(self, actor: Actor, text: str, where: str, **more: Any) -> MessageView:
        """Post a message."""
        request = PostMessage(conversation_id=where, text=text, **more)
        return (await self.house.ask(request, actor)).message

    async def seen(self, actor: Actor, where: str) -> ConversationView:
        """A conversation as somebody sees it."""
        found = await self.house.ask(GetConversation(conversation_id=where), actor)
        return found.conversation

    async def log(self, actor: Actor, where: str, after: int = 0) -> list[dict[str, Any]]:
        """The log as somebody reads it."""
        request = ListUpdates(conversation_id=where, after=after, limit=1000)
        return (await self.house.ask(request, actor)).items


@asynccontextmanager
async def a_town(
    limits: Limits | None = None,
    policy: Policy | None = None,
    clock: StoppedClock | None = None,
) -> AsyncIterator[Town]:
    """A town with its space and its plaza."""
    async with running([wire], limits=limits, policy=policy, clock=clock) as house:
        town = Town(house)
        await town.open()
        yield town
