"""What simulated people do: write, answer, react, come in, throw each other out, and lose the line."""

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from tertulia.chaos.simulation.device import Device
from tertulia.chaos.simulation.recorder import Recorder
from tertulia.chaos.simulation.socket import Answer
from tertulia.chaos.simulation.town import Citizen, Town
from tertulia.kernel.ids import uuid7

PAUSE_SECONDS = 0.05
"""Between two things that somebody does, on average."""
AWAY_SECONDS = (0.1, 0.5, 2.0)
"""One of which is the longest that somebody stays away."""
EMOJIS = ("👍", "🎉")

Act = Callable[["Person"], object]


class Person:
    """Somebody with a device, who does a number of things."""

    def __init__(
        self,
        device: Device,
        town: Town,
        recorder: Recorder,
        chance: Random,
        away: Sequence[float] = AWAY_SECONDS,
    ) -> None:
        self._away = away
        self.device = device
        self.chance = chance
        self._town = town
        self._recorder = recorder
        self._written = 0
        self._acknowledged: list[tuple[str, dict[str, Any]]] = []

    async def live(self, acts: int) -> None:
        """Do so many things; where the line is lost, come back first."""
        for _ in range(acts):
            await self._come()
            await asyncio.sleep(self.chance.expovariate(1 / PAUSE_SECONDS))
            if self.device.is_connected:
                self._act()

    async def finish(self) -> None:
        """Come back, get rid of what is unsent, and hear all there is."""
        await self._come()
        while self.device.unsent or not self.device.is_connected:
            await self.device.answered()
            if self.device.unsent:
                self.device.cut()
                await asyncio.sleep(1)
            await self._come()
        await self.device.answered()

    async def _come(self) -> None:
        while not self.device.is_connected:
            await asyncio.sleep(self.chance.uniform(0, self.chance.choice(self._away)))
            await self.device.connect()

    def _act(self) -> None:
        acts, weights = zip(*_ACTS, strict=True)
        (act,) = self.chance.choices(acts, weights)
        act(self)

    # --- what one may do ------------------------------------------------------------------------

    def write(self) -> None:
        """Write a few messages, without waiting for one before the next."""
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            conversation_id = self._somewhere()
            if conversation_id is not None:
                self._post({"conversation_id": conversation_id, "text": self._text()})

    def reply(self) -> None:
        """Answer a message, in its thread or quoting it."""
        message = self._something_said()
        if message is None:
            return
        how = "reply_to" if message["thread_id"] or self.chance.random() < 0.5 else "thread_id"
        fields = {"conversation_id": message["conversation_id"], "text": self._text()}
        self._post({**fields, how: message["id"]})

    def repeat(self) -> None:
        """Send again what was acknowledged long ago, as a client that forgot does."""
        if self.device.unsent or not self.device.messages:
            return
        own = [it for it in self.device.messages.values() if self._is_own(it)]
        if own:
            message = self.chance.choice(own)
            names = ("id", "conversation_id", "text")
            self.device.ask("conversations.post_message", {name: message[name] for name in names})

    def edit(self) -> None:
        """Say something otherwise."""
        message = self._something_said(own=True)
        if message is not None:
            self._ask("edit_message", message_id=message["id"], text=self._text())

    def delete(self) -> None:
        """Take something back."""
        message = self._something_said(own=True)
        if message is not None:
            self._ask("delete_message", message_id=message["id"])

    def react(self) -> None:
        """React, or take it back."""
        message = self._something_said()
        if message is not None:
            command = self.chance.choice(("add_reaction", "remove_reaction"))
            emoji = self.chance.choice(EMOJIS)
            self._ask(command, message_id=message["id"], emoji=emoji)

    def pin(self) -> None:
        """Pin or unpin."""
        message = self._something_said()
        if message is not None:
            command = self.chance.choice(("pin_message", "unpin_message"))
            self._ask(command, message_id=message["id"])

    def read(self) -> None:
        """Move the read mark."""
        conversation_id = self._somewhere()
        if conversation_id is not None:
            seq = self.device.places[conversation_id].seq
            self._ask("mark_read", conversation_id=conversation_id, seq=seq)

    def join(self) -> None:
        """Come into the public channel."""
        self._ask("join", conversation_id=self._town.conversations["taller"])

    def leave(self) -> None:
        """Go out of it."""
        asked = self._ask("leave", conversation_id=self._town.conversations["taller"])
        self._note_revoked(asked, self._town.conversations["taller"], self.device.citizen.id)

    def add(self) -> None:
        """Bring somebody in."""
        conversation_id = self._club()
        self._ask("add_member", conversation_id=conversation_id, user_id=self._somebody().id)

    def remove(self) -> None:
        """Throw somebody out."""
        conversation_id, somebody = self._club(), self._somebody()
        asked = self._ask("remove_member", conversation_id=conversation_id, user_id=somebody.id)
        self._note_revoked(asked, conversation_id, somebody.id)

    def rename(self) -> None:
        """Give a place another topic."""
        conversation_id = self._somewhere()
        if conversation_id is not None:
            self._ask("update_conversation", conversation_id=conversation_id, topic=self._text())

    def stumble(self) -> None:
        """Lose the line."""
        self.device.cut()

    # --- with what ------------------------------------------------------------------------------

    def _ask(self, command: str, **fields: Any) -> "asyncio.Task[Answer | None]":
        return self.device.ask(f"conversations.{command}", fields)

    def _post(self, fields: dict[str, Any]) -> None:
        self._written += 1
        milliseconds = int(asyncio.get_running_loop().time() * 1000)
        self.device.post(uuid7(milliseconds, self.chance.getrandbits(74)), fields)

    def _text(self) -> str:
        return f"{self.device.client} {self._written} {'la ' * self.chance.choice((1, 5, 200))}"

    def _somewhere(self) -> str | None:
        places = [
            name for name in self.device.places if name != self._town.conversations["vecinos"]
        ]
        return self.chance.choice(places) if places else None

    def _something_said(self, *, own: bool = False) -> dict[str, Any] | None:
        said = [
            it
            for it in self.device.messages.values()
            if it["conversation_id"] in self.device.places and (self._is_own(it) or not own)
        ]
        return self.chance.choice(said[-20:]) if said else None

    def _is_own(self, message: dict[str, Any]) -> bool:
        return bool(message["author"]["id"] == self.device.citizen.id)

    def _club(self) -> str:
        return self._town.conversations[self.chance.choice(("taller", "despacho"))]

    def _somebody(self) -> Citizen:
        return self._town.citizens[self.chance.choice(("bruno", "eva", "gema"))]

    def _note_revoked(
        self, asked: "asyncio.Task[Answer | None]", conversation_id: str, user_id: str
    ) -> None:
        """Whoever is told that somebody is out has heard so before, and knows the place in the log."""

        def note(done: "asyncio.Task[Answer | None]") -> None:
            answer = done.result()
            seq = self.device.left.get((conversation_id, user_id))
            if answer is not None and answer["ok"] and seq is not None:
                self._recorder.revoked(user_id, conversation_id, seq)

        asked.add_done_callback(note)


_ACTS: tuple[tuple[Act, float], ...] = (
    (Person.write, 30),
    (Person.reply, 6),
    (Person.repeat, 3),
    (Person.edit, 4),
    (Person.delete, 2),
    (Person.react, 6),
    (Person.pin, 2),
    (Person.read, 3),
    (Person.join, 3),
    (Person.leave, 1),
    (Person.add, 3),
    (Person.remove, 3),
    (Person.rename, 1),
    (Person.stumble, 5),
)
