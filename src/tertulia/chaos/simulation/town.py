"""A town to simulate in: people, spaces and conversations, made once and copied for every seed."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import structlog

from tertulia.accounts.contract import Authenticate
from tertulia.chaos.simulation.chance import VirtualClock, seeded
from tertulia.chaos.simulation.defects import noted
from tertulia.chaos.simulation.process import Killed, Process, adopting
from tertulia.chaos.simulation.virtual_time import SeededLoop
from tertulia.conversations.contract.arriving import Register, SetUp
from tertulia.conversations.contract.conversations import (
    AddMember,
    CreateConversation,
    ListConversations,
)
from tertulia.conversations.contract.invites import CreateInvite
from tertulia.conversations.contract.spaces import CreateSpace, SpaceRole
from tertulia.kernel.actor import Actor
from tertulia.runtime.data import DataFolder, migrate
from tertulia.runtime.services import migrations

T = TypeVar("T")
_log = structlog.get_logger(__name__)
PASSWORD = "una buena taza de té"  # noqa: S105 - of people who do not exist
OPEN = ("plaza", "general", "taller", "vecinos")
"""Conversations that everybody of their space may read."""
LOCAL = Actor(id="", kind="nobody", local=True, address="127.0.0.1")


@dataclass(frozen=True)
class Citizen:
    """Somebody with an account: who they are, and the token of their session."""

    name: str
    token: str
    actor: Actor

    @property
    def id(self) -> str:
        """Of the user."""
        return self.actor.id


@dataclass(frozen=True)
class Town:
    """A database with everybody and everything in it.

    Ana owns the space «Casa», where Bruno and Eva are members and Gema has the role `guest`. Diego is in
    «Vecinos», which Ana owns too: he shares nothing with the others.
    """

    database: bytes
    citizens: dict[str, Citizen]
    spaces: dict[str, str]
    conversations: dict[str, str]
    """By name: `plaza`; of «Casa» `general`, `taller` (public, with Gema) and `despacho` (private, of Bruno,
    Eva and Ana); `grupo` of Bruno, Eva and Ana; `directo` of Ana and Bruno; of «Vecinos» `vecinos`."""


def played(seed: object, play: Callable[[SeededLoop], Coroutine[Any, Any, T]]) -> T:
    """What a play comes to on a loop that the seed alone decides."""
    loop = SeededLoop(Random(f"loop {seed}"))  # noqa: S311
    loop.set_task_factory(adopting)
    loop.set_exception_handler(_complain)
    with seeded(seed, loop.time), asyncio.Runner(loop_factory=lambda: loop) as runner:
        return runner.run(play(loop))


@cache
def town() -> Town:
    """The town. It is the same one every time."""
    with TemporaryDirectory(prefix="tertulia-town-") as folder, noted(_shame):
        return played("town", lambda loop: _found(DataFolder(Path(folder)), loop))


def _complain(_loop: object, context: dict[str, Any]) -> None:
    """Of what a callback raises; a task whose process died may end as it likes."""
    if "never retrieved" not in context["message"] and not isinstance(
        context.get("exception"), Killed
    ):
        _log.error("callback_failed", **{name: repr(it) for name, it in context.items()})


def _shame(complaint: str) -> None:
    raise AssertionError(complaint)


async def _found(folder: DataFolder, loop: SeededLoop) -> Town:
    folder.path.mkdir(exist_ok=True)
    migrate(folder, migrations(), VirtualClock(loop.time))
    process = Process(folder.database, loop, Random("town"))  # noqa: S311
    await process.start()
    founder = _Founder(process)
    await process.spawn(founder.found())
    await process.settled()
    await process.stop()
    return Town(
        folder.database.read_bytes(), founder.citizens, founder.spaces, founder.conversations
    )


class _Founder:
    """Makes the town by asking the services."""

    def __init__(self, process: Process) -> None:
        self._ask = process.bus.ask
        self.citizens: dict[str, Citizen] = {}
        self.spaces: dict[str, str] = {}
        self.conversations: dict[str, str] = {}

    async def found(self) -> None:
        """Make everything."""
        await self._set_up()
        await self._let_in("bruno", "casa", "member")
        await self._let_in("eva", "casa", "member")
        await self._let_in("gema", "casa", "guest")
        await self._let_in("diego", "vecinos", "member")
        ana, bruno, eva, gema, _ = (it.actor for it in self._everybody())
        await self._channel("taller", ana, "public", bruno, eva, gema)
        await self._channel("despacho", bruno, "private", eva, ana)
        await self._talk("grupo", "group", bruno, eva, ana)
        await self._talk("directo", "direct", ana, bruno)

    def _everybody(self) -> list[Citizen]:
        return [self.citizens[name] for name in ("ana", "bruno", "eva", "gema", "diego")]

    async def _set_up(self) -> None:
        done = await self._ask(
            SetUp(organization="Casa", display_name="Ana", username="ana", password=PASSWORD), LOCAL
        )
        await self._know("ana", done.token)
        ana = self.citizens["ana"].actor
        self.spaces["casa"] = done.space.id
        self.conversations["general"] = done.conversation.id
        made = await self._ask(CreateSpace(name="Vecinos", kind="team"), ana)
        self.spaces["vecinos"] = made.space.id
        listed = await self._ask(ListConversations(), ana)
        for conversation in listed.items:
            if conversation.space_id is None:
                self.conversations["plaza"] = conversation.id
            elif conversation.space_id == made.space.id:
                self.conversations["vecinos"] = conversation.id

    async def _let_in(self, name: str, space: str, role: SpaceRole) -> None:
        ana = self.citizens["ana"].actor
        made = await self._ask(CreateInvite(space_id=self.spaces[space], role=role), ana)
        done = await self._ask(
            Register(
                username=name,
                display_name=name.title(),
                password=PASSWORD,
                invite=made.invite.code,
            ),
            LOCAL,
        )
        await self._know(name, done.token)

    async def _know(self, name: str, token: str) -> None:
        identity = await self._ask(Authenticate(token=token), LOCAL)
        actor = Actor(
            id=identity.user.id,
            kind="person",
            username=name,
            display_name=identity.user.display_name,
            administrator=identity.administrator,
            version=identity.version,
            session_id=identity.session_id,
        )
        self.citizens[name] = Citizen(name, token, actor)

    async def _channel(self, name: str, owner: Actor, visibility: Any, *members: Actor) -> None:
        request = CreateConversation(
            kind="channel", space_id=self.spaces["casa"], name=name, visibility=visibility
        )
        made = (await self._ask(request, owner)).conversation
        self.conversations[name] = made.id
        for member in members:
            await self._ask(AddMember(conversation_id=made.id, user_id=member.id), owner)

    async def _talk(self, name: str, kind: Any, *people: Actor) -> None:
        first, *others = people
        request = CreateConversation(kind=kind, members=tuple(it.id for it in others))
        self.conversations[name] = (await self._ask(request, first)).conversation.id
