"""A client as the protocol describes it: one connection at a time, positions, and what is not sent yet."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from tertulia.chaos.history import End
from tertulia.chaos.simulation.network import Cut, Refused
from tertulia.chaos.simulation.recorder import Recorder
from tertulia.chaos.simulation.socket import Answer, Socket
from tertulia.chaos.simulation.town import OPEN, Town
from tertulia.chaos.simulation.world import World
from tertulia.conversations.contract.updates import UPDATES

R = TypeVar("R")
POST = "conversations.post_message"
GIVE_UP_SHARE = 0.5
INSIST_SHARE = 0.15
UNKNOWN_OUTCOME = frozenset({"unavailable", "timeout", "internal"})
UPDATE_TYPES = frozenset(kind.wire_name for kind in UPDATES)


@dataclass
class Place:
    """How far a client has come in a conversation: all up to `seq`, and some beyond it."""

    epoch: str
    seq: int
    beyond: set[int] = field(default_factory=set[int])

    def hear(self, seq: int) -> None:
        """An update arrived."""
        if seq > self.seq:
            self.beyond.add(seq)
        while self.seq + 1 in self.beyond:
            self.seq += 1
            self.beyond.discard(self.seq)


@dataclass(frozen=True)
class Unsent:
    """A message that is not acknowledged yet: it is sent again, with its id."""

    id: str
    fields: dict[str, Any]


class Device:
    """One client of one person. It records all that it does and hears."""

    def __init__(
        self, world: World, town: Town, name: str, client: str, recorder: Recorder, chance: Random
    ) -> None:
        self.citizen = town.citizens[name]
        self.client = client
        self.chance = chance
        self.places: dict[str, Place] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        """What it has heard said, by id."""
        self.left: dict[tuple[str, str], int] = {}
        """Where in a log somebody went out last, by conversation and user."""
        self.unsent: dict[str, Unsent] = {}
        """In the order in which it was written."""
        self.socket: Socket | None = None
        self._cursors: dict[str, dict[str, Any]] = {}
        """Where it was in each conversation when its connection began, and how far it has asked on."""
        self._world = world
        self._open = {town.conversations[name] for name in OPEN}
        self._recorder = recorder
        self._asking: set[asyncio.Task[Any]] = set()

    # --- coming and going -----------------------------------------------------------------------

    async def connect(self) -> bool:
        """Come, and catch up; whether that worked."""
        self._hang_up("again")
        try:
            socket = self._world.connect(self._hear, resume=bool(self.places))
            self.socket = socket
            await socket.open(self.citizen.token)
            await self._catch_up(socket)
        except (Cut, Refused) as end:
            self._hang_up(type(end).__name__.lower())
            return False
        for unsent in list(self.unsent.values()):
            self._send(unsent)
        return True

    def cut(self) -> None:
        """Be cut off."""
        if self.socket is not None:
            self.socket.cut()

    @property
    def is_connected(self) -> bool:
        """Whether its connection stands, as far as it knows."""
        return self.socket is not None and not self.socket.over.is_set()

    async def answered(self) -> None:
        """Wait until all that was asked has come to something."""
        while self._asking:
            await asyncio.wait(set(self._asking))

    def _hang_up(self, why: str) -> None:
        if self.socket is not None:
            self.socket.cut()
            self.socket = None
            self._recorder.lost(self.client, why)

    def _take_heads(self, heads: dict[str, Any]) -> None:
        for conversation_id in self.places.keys() - heads.keys():
            del self.places[conversation_id]
        for conversation_id, head in heads.items():
            self._begin(conversation_id, head["epoch"], head["head"])
        self._cursors = {
            name: {"epoch": place.epoch, "seq": place.seq} for name, place in self.places.items()
        }

    def _begin(self, conversation_id: str, epoch: str, head: int) -> None:
        """Hear a conversation from its head on or, if it is known, from where one was."""
        known = self.places.get(conversation_id)
        if known is None or known.epoch != epoch:
            known = self.places[conversation_id] = Place(epoch, head)
        self._recorder.began(self.client, self.citizen.id, conversation_id, epoch, known.seq)

    async def _catch_up(self, socket: Socket) -> None:
        """Ask on from where each conversation was; what is told live meanwhile does not count."""
        cursors = self._cursors
        more = bool(cursors)
        while more:
            limit = self.chance.choice((2, 5, 200))
            asked = {"positions": cursors, "limit": limit}
            answer = await socket.ask("conversations.catch_up", asked)
            if not answer["ok"]:
                raise Cut
            more = self._take_missed(answer["result"], cursors)

    def _take_missed(self, missed: dict[str, Any], cursors: dict[str, dict[str, Any]]) -> bool:
        for update in missed["updates"]:
            if update["conversation_id"] in self.places or not self._is_open(update):
                self._take(update, "catch_up")
            cursors[update["conversation_id"]]["seq"] = update["seq"]
        for conversation_id in (*missed["gone"], *missed["resync"]):
            self.places.pop(conversation_id, None)
            del cursors[conversation_id]
        for conversation_id in missed["resync"]:
            head = missed["heads"][conversation_id]
            self._begin(conversation_id, head["epoch"], head["head"])
        return bool(missed["more"])

    def _is_open(self, update: dict[str, Any]) -> bool:
        """Whether whoever is thrown out while they catch up may read on, as anybody of the space."""
        return update["conversation_id"] in self._open

    # --- hearing --------------------------------------------------------------------------------

    def _hear(self, name: str, body: Any) -> None:
        if name in UPDATE_TYPES:
            self._take(body, "live")
        elif name == "gateway.ready":  # at once: the first updates may come with it
            self._take_heads(body["heads"])
        elif name == "conversations.added":
            conversation = body["conversation"]
            if conversation["id"] not in self.places:
                self._begin(conversation["id"], conversation["epoch"], conversation["head"])
        elif name == "conversations.removed":
            self._forget(body["conversation_id"])

    def _forget(self, conversation_id: str) -> None:
        self.places.pop(conversation_id, None)
        seq = self.left.get((conversation_id, self.citizen.id))
        if seq is not None:
            self._recorder.revoked(self.citizen.id, conversation_id, seq)

    def _take(self, update: dict[str, Any], by: Any) -> None:
        self._recorder.heard(self.client, update, by)
        place = self.places.get(update["conversation_id"])
        if place is not None:
            place.hear(update["seq"])
        message = update.get("message")
        if message is not None and message["kind"] == "text":
            self.messages[message["id"]] = message
        if update["type"] == "member_left":
            self.left[update["conversation_id"], update["user"]["id"]] = update["seq"]
        if update["type"] == "message_deleted":
            self.messages.pop(update["message_id"], None)

    # --- asking ---------------------------------------------------------------------------------

    def post(self, message_id: str, fields: dict[str, Any]) -> None:
        """Write a message: it is sent until it is acknowledged or refused."""
        unsent = self.unsent[message_id] = Unsent(message_id, fields)
        self._send(unsent)

    def ask(self, command: str, fields: dict[str, Any]) -> "asyncio.Task[Answer | None]":
        """Ask now; the task ends with the acknowledgement, or None when there was none."""
        op = self._recorder.invoked(self.client, command, fields)
        answer = self.socket.emit(command, fields) if self.socket is not None else None
        return self._while_open(self._end(op, answer))

    def _while_open(self, work: Coroutine[Any, Any, R]) -> "asyncio.Task[R]":
        """A task that `answered` waits for."""
        task = asyncio.create_task(work)
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)
        return task

    def _send(self, unsent: Unsent) -> None:
        task = self.ask(POST, {**unsent.fields, "id": unsent.id})
        task.add_done_callback(lambda done: self._sent(unsent.id, done.result()))

    def _sent(self, message_id: str, answer: Answer | None) -> None:
        """Gone, refused, or given up by who was told to come again later; else it is sent once more."""
        if answer is None:
            return
        again = not answer["ok"] and answer["error"]["retryable"]
        if not again or self.chance.random() < GIVE_UP_SHARE:
            self.unsent.pop(message_id, None)

    async def _end(self, op: int, answer: "asyncio.Future[Answer] | None") -> Answer | None:
        given: Answer | None = None
        with suppress(Cut, Refused):
            given = await answer if answer is not None else None
        if given is None:
            self._recorder.ended(self.client, op, "info", code="lost")
        else:
            self._note(self.client, op, given)
        return given

    def _note(self, client: str, op: int, answer: Answer) -> None:
        if answer["ok"]:
            self._recorder.ended(client, op, "ok", answer["result"])
            return
        code = answer["error"]["code"]
        end: End = "info" if code in UNKNOWN_OUTCOME else "fail"
        self._recorder.ended(client, op, end, code=code)


class InsistentDevice(Device):
    """Sends some of its messages over HTTP as well, while they are under way, with the same id."""

    def post(self, message_id: str, fields: dict[str, Any]) -> None:
        """See `Device`."""
        super().post(message_id, fields)
        if self.chance.random() < INSIST_SHARE:
            client = f"{self.client}/http"
            op = self._recorder.invoked(client, POST, {**fields, "id": message_id})
            self._while_open(self._call(client, op, {**fields, "id": message_id}))

    async def _call(self, client: str, op: int, fields: dict[str, Any]) -> None:
        path = f"/api/v1/conversations/{fields['conversation_id']}/messages"
        body = {name: it for name, it in fields.items() if name != "conversation_id"}
        try:
            answer = await self._world.post(path, self.citizen.token, body)
        except Cut:
            self._recorder.ended(client, op, "info", code="lost")
            return
        if answer["ok"]:
            answer = {"ok": True, "result": {"message": answer["result"]}}
        self._note(client, op, answer)
