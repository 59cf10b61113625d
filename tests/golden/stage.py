"""A channel where something was said, and one person whose client is recorded there."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from tertulia.conversations.contract.messages import AddReaction, MessageView, PostMessage
from tertulia.kernel.actor import Actor
from tertulia.kernel.messages import Request
from tests.conversations.town import Town
from tests.golden.recording import Input, Recording, name_all

R = TypeVar("R")

Scenario = dict[str, Any]
"""What one file of `reducer/` holds; its fields are in reducer/README.md."""


class Stage:
    """«tinta» is Ana's channel with Bruno and Carla in it; what is recorded is Bruno's client."""

    def __init__(self, town: Town, where: str) -> None:
        self.town, self.where = town, where
        self.ana, self.bruno, self.carla = town.ana, town.bruno, town.carla
        self.said: MessageView
        self.reply: MessageView
        self.bruno_hears: Recording

    @classmethod
    async def open(cls, town: Town, *, limit: int = 200) -> "Stage":
        """Say a few things, with a thread and two reactions, and take Bruno's snapshot."""
        members = (town.bruno.id, town.carla.id)
        stage = cls(town, (await town.channel("tinta", members=members)).id)
        stage.said = await stage.says(stage.bruno, "hola @ana y @carla")
        stage.reply = await stage.says(stage.ana, "dentro, @here", thread_id=stage.said.id)
        await stage.says(stage.carla, "última, @bruno")
        for emoji in ("👍", "🎉"):
            await stage.asks(AddReaction(message_id=stage.said.id, emoji=emoji), stage.bruno)
        stage.bruno_hears = await Recording.begin(
            town, stage.bruno, stage.where, threads=[stage.said.id], limit=limit
        )
        return stage

    async def says(self, actor: Actor, text: str, **more: Any) -> MessageView:
        """Post a message, a second after what was done before."""
        request = PostMessage(conversation_id=self.where, text=text, **more)
        return (await self.asks(request, actor)).message

    async def asks(self, request: Request[R], actor: Actor) -> R:
        """Do something, a second after what was done before."""
        self.town.house.clock.forward(seconds=1)
        return await self.town.ask(request, actor)

    async def hears(self) -> list[Input]:
        """What Bruno was told since the last call."""
        return await self.bruno_hears.told()

    async def scenario(
        self, why: str, inputs: list[Input], expected: dict[str, Any] | None = None
    ) -> Scenario:
        """What was recorded, and what it must come to: the truth, unless something else is said."""
        scenario = {
            "why": why,
            "viewer_id": self.bruno.id,
            "snapshot": self.bruno_hears.snapshot,
            "threads": self.bruno_hears.threads,
            "inputs": inputs,
            "expected": expected or await self.bruno_hears.truth(),
        }
        return name_all(scenario, self.town, self.where)


Scene = Callable[[Stage], Awaitable[Scenario]]


def expect(**state: Any) -> Input:
    """Something that must be true between two inputs."""
    return {"expect": state}
