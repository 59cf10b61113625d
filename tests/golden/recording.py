"""Records what the real service tells one person, as the inputs of a client's reducer."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from tertulia.conversations.contract.conversations import GetHeads, ReadMoved, SettingsChanged
from tertulia.conversations.contract.messages import ListThread
from tertulia.conversations.contract.updates import CatchUp, ListMessages, Position, Update
from tertulia.kernel.actor import Actor
from tertulia.kernel.messages import Event
from tests.conversations.town import Town

Input = dict[str, Any]
"""One thing that a client is told: `{name: what it is told}`; the names are in reducer/README.md."""

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class Recording:
    """One conversation as one person's client hears it."""

    def __init__(self, town: Town, viewer: Actor, where: str) -> None:
        self.town, self.viewer, self.where = town, viewer, where
        self.snapshot: dict[str, Any] = {}
        self.threads: dict[str, Any] = {}
        self.inputs: list[Input] = []

    @classmethod
    async def begin(
        cls, town: Town, viewer: Actor, where: str, threads: Iterable[str] = (), limit: int = 200
    ) -> Self:
        """Take the snapshot, and the threads that are open on the screen."""
        recording = cls(town, viewer, where)
        recording.snapshot = await recording.page(limit)
        recording.threads = {root: await recording._thread(root) for root in threads}
        await recording.told()
        return recording

    @property
    def position(self) -> dict[str, Any]:
        """Where the client is after its snapshot."""
        return {"epoch": self.snapshot["epoch"], "seq": self.snapshot["head"]}

    async def page(self, limit: int = 200) -> dict[str, Any]:
        """The newest page, with its conversation: the answer to `conversations.list_messages`."""
        page = await self.town.ask(
            ListMessages(conversation_id=self.where, limit=limit), self.viewer
        )
        return page.model_dump(mode="json")

    async def told(self) -> list[Input]:
        """What the person was told live since the last call, in order."""
        await self.town.house.settled()
        events, self.town.house.events[:] = [*self.town.house.events], []
        told = [told for event in events if (told := self._tell(event))]
        left = [at for at, each in enumerate(told, 1) if self._ends(each)]
        return [*told[: left[0]], self.removed()] if left else told

    async def catch_up(self, seq: int, limit: int = 200, epoch: str | None = None) -> Input:
        """The answer to `conversations.catch_up` from a position."""
        position = Position(epoch=epoch or self.snapshot["epoch"], seq=seq)
        request = CatchUp(positions={self.where: position}, limit=limit)
        answer = (await self.town.ask(request, self.viewer)).model_dump(mode="json")
        return {"caught_up": {**answer, "heads": self._only_mine(answer["heads"])}}

    async def ready(self) -> Input:
        """`gateway.ready`, of which a reducer takes the heads."""
        heads = (await self.town.ask(GetHeads(), self.viewer)).model_dump(mode="json")["heads"]
        return {"ready": {"heads": self._only_mine(heads)}}

    def removed(self) -> Input:
        """`conversations.removed`."""
        return {"removed": {"conversation_id": self.where}}

    async def truth(self) -> dict[str, Any]:
        """What a fresh client sees: what the recorded one must have come to."""
        page = await self.page()
        oldest = self.snapshot["items"][0]["seq"] if self.snapshot["has_before"] else 0
        shown = [each for each in page["items"] if each["seq"] >= oldest]
        for root in self.threads:
            shown += (await self._thread(root))["items"]
        messages = {each["seq"]: each for each in shown}
        return {
            "followed": True,
            "position": {"epoch": page["epoch"], "seq": page["head"]},
            "held": [],
            "wants": None,
            "conversation": page["conversation"],
            "messages": [messages[seq] for seq in sorted(messages)],
        }

    async def _thread(self, root: str) -> dict[str, Any]:
        page = await self.town.ask(ListThread(message_id=root, limit=200), self.viewer)
        return page.model_dump(mode="json")

    def _only_mine(self, heads: Mapping[str, Any]) -> dict[str, Any]:
        return {name: head for name, head in heads.items() if name == self.where}

    def _tell(self, event: Event) -> Input | None:
        if isinstance(event, Update) and event.conversation_id == self.where:
            return {"update": event.model_dump(mode="json")}
        if isinstance(event, ReadMoved | SettingsChanged) and event.user_id == self.viewer.id:
            name = "read" if isinstance(event, ReadMoved) else "settings_changed"
            body = event.model_dump(mode="json", exclude={"user_id"})
            return {name: body} if event.conversation_id == self.where else None
        return None

    def _ends(self, told: Input) -> bool:
        update = told.get("update", {})
        return update.get("type") == "member_left" and update["user"]["id"] == self.viewer.id


def name_all(scenario: dict[str, Any], town: Town, where: str) -> dict[str, Any]:
    """Call people, places, messages and histories by short names that are the same every time."""
    names = {actor.id: actor.username or "" for actor in (town.ana, town.bruno, town.carla)}
    names |= {where: "tinta", town.taller: "taller", scenario["snapshot"]["epoch"]: "e1"}
    names |= {each["id"]: f"m{each['seq']}" for each in _find_messages(scenario)}
    text = json.dumps(scenario, ensure_ascii=False)
    for known, name in names.items():
        text = text.replace(known, name)
    assert not (unnamed := UUID.search(text)), f"{unnamed} has no name"
    return json.loads(text)


def _find_messages(value: Any) -> Iterable[Mapping[str, Any]]:
    if isinstance(value, dict):
        if "author" in value:
            yield value
        for each in value.values():
            yield from _find_messages(each)
    elif isinstance(value, list):
        for each in value:
            yield from _find_messages(each)
