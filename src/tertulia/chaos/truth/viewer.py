"""Somebody who looks before and after, and is told in between: once live, and once by catching up."""

from collections.abc import AsyncIterator, Iterable, Iterator
from copy import deepcopy
from typing import Any

from tertulia.chaos.simulation.socket import Socket
from tertulia.chaos.simulation.town import Citizen
from tertulia.chaos.simulation.world import World
from tertulia.chaos.truth import snapshot
from tertulia.chaos.truth.reducer import Gap, Reducer
from tertulia.chaos.truth.snapshot import Refused

Body = dict[str, Any]

OWN = ("muted",)
"""What no head tells: whoever comes back asks for it."""


class Viewer:
    """A person with two devices: one stays, the other leaves and catches up."""

    def __init__(self, role: str, citizen: Citizen, world: World) -> None:
        self.role = role
        self._citizen = citizen
        self._world = world
        self._told: list[tuple[str, Body]] = []
        self._seen: Body = {}
        self._is_outsider = role == "outsider"

    async def look(self) -> None:
        """See everything, and from now on hear what is told."""
        socket = await self._connect(self._hear)
        self._seen = await snapshot.take(socket)
        self._told.clear()

    async def differences(self) -> AsyncIterator[str]:
        """In what the told differ from the truth; an outsider must have been told nothing."""
        fresh_socket = await self._connect(lambda _name, _body: None)
        fresh = await snapshot.take(fresh_socket, snapshot.roots(self._seen))
        if self._is_outsider:
            for name, _ in self._told:
                yield f"heard {name}"
        for said in self._check_live(fresh):
            yield said
        async for said in self._check_caught_up(fresh_socket, fresh):
            yield said

    async def trespasses(self, conversation_ids: Iterable[str]) -> AsyncIterator[str]:
        """What may be read of conversations that are none of this person's business."""
        socket = await self._connect(lambda _name, _body: None)
        for id_ in conversation_ids:
            for command in ("get_conversation", "list_messages", "list_updates", "list_members"):
                try:
                    await snapshot.result(socket, f"conversations.{command}", conversation_id=id_)
                except Refused as refusal:
                    if refusal.args[0] != "not_found":
                        yield f"{command} of {id_} is refused as {refusal}"
                else:
                    yield f"{command} shows {id_}"

    async def _connect(self, hear: Any) -> Socket:
        socket = self._world.connect(hear)
        await socket.open(self._citizen.token)
        return socket

    def _hear(self, name: str, body: Body) -> None:
        if name not in {"gateway.ready", "presence.changed", "presence.typing"}:
            self._told.append((name, body))

    # --- live -----------------------------------------------------------------------------------

    def _check_live(self, fresh: Body) -> Iterator[str]:
        reducer = Reducer(self._citizen.id, self._seen)
        for name, body in self._told:
            try:
                reducer.told(name, body)
            except (Gap, KeyError, AttributeError) as error:
                yield f"cannot apply {name}: {error!r}"
                return
        _fetch_new(reducer, fresh)
        yield from (f"live, {it}" for it in _compared(reducer, fresh))

    # --- by catch-up ----------------------------------------------------------------------------

    async def _check_caught_up(self, socket: Socket, fresh: Body) -> AsyncIterator[str]:
        reducer = Reducer(self._citizen.id, self._seen)
        missed = await self._missed(socket)
        if missed["resync"] or missed["more"]:
            yield f"caught up with a resync of {missed['resync']}"
        try:
            for update in missed["updates"]:
                reducer.update(update)
        except (Gap, KeyError) as error:
            yield f"cannot catch up: {error!r}"
            return
        _take_heads(reducer, missed["heads"], fresh)
        for said in _compared(reducer, fresh, caught_up=True):
            yield f"caught up, {said}"

    async def _missed(self, socket: Socket) -> Body:
        positions = {
            id_: {"epoch": it["epoch"], "seq": it["head"]}
            for id_, it in self._seen["conversations"].items()
        }
        asked = {"positions": positions, "limit": 1000}
        return dict(await snapshot.result(socket, "conversations.catch_up", **asked))


def _take_heads(reducer: Reducer, heads: Body, fresh: Body) -> None:
    """A client that is back: what is no longer its own goes, what is new is asked for."""
    for id_ in reducer.conversations.keys() - heads.keys():
        reducer.forget(id_)
    for id_, head in heads.items():
        if id_ in reducer.conversations:
            reducer.stand(id_, head)
        else:
            reducer.conversations[id_] = deepcopy(fresh["conversations"][id_])
            reducer.new.add(id_)
    _fetch_new(reducer, fresh)


def _fetch_new(reducer: Reducer, fresh: Body) -> None:
    """The first pages of conversations that were added, as the server gives them."""
    for id_ in reducer.new & fresh["conversations"].keys():
        reducer.messages[id_] = deepcopy(fresh["messages"][id_])
        for message in reducer.messages[id_].values():
            reducer.meet(message["author"])
        reducer.members[id_] = dict(fresh["members"][id_])


def _compared(reducer: Reducer, fresh: Body, *, caught_up: bool = False) -> Iterator[str]:
    """Where the reducer's state is not what a fresh look sees."""
    mine = _comparable(reducer.conversations, caught_up=caught_up)
    yield from _differing(
        "conversation", mine, _comparable(fresh["conversations"], caught_up=caught_up)
    )
    for id_, theirs in fresh["messages"].items():
        ours = {name: _message(it) for name, it in reducer.messages.get(id_, {}).items()}
        yield from _differing("message", ours, {name: _message(it) for name, it in theirs.items()})
        pinned = sorted(name for name, it in ours.items() if it["pinned_at"])
        if pinned != fresh["pins"][id_]:
            yield f"the pins of {id_} are {pinned}, not {fresh['pins'][id_]}"
        if reducer.members.get(id_) != fresh["members"][id_]:
            yield f"the members of {id_} are {reducer.members.get(id_)}, not {fresh['members'][id_]}"
    if not caught_up:
        yield from _differing("space", _spaces(reducer.spaces), _spaces(fresh["spaces"]))
        known = {id_: reducer.people.get(id_) for id_ in fresh["people"]}
        yield from _differing("person", known, fresh["people"])


def _differing(noun: str, mine: dict[str, Any], truth: dict[str, Any]) -> Iterator[str]:
    for id_ in sorted(mine.keys() ^ truth.keys()):
        yield f"{noun} {id_} is {'there' if id_ in mine else 'missing'}"
    for id_ in sorted(mine.keys() & truth.keys()):
        if mine[id_] != truth[id_]:
            yield f"{noun} {id_}: {_parts(mine[id_], truth[id_])}"


def _parts(mine: Any, truth: Any) -> str:
    if not (isinstance(mine, dict) and isinstance(truth, dict)):
        return f"{mine}, not {truth}"
    names = [name for name in truth if mine.get(name) != truth[name]]
    return "; ".join(f"{name} {mine.get(name)!r}, not {truth[name]!r}" for name in names)


def _comparable(conversations: dict[str, Body], *, caught_up: bool) -> dict[str, Body]:
    """People are compared by id: how they look is a fact of its own."""
    return {
        id_: {
            **{name: part for name, part in it.items() if not (caught_up and name in OWN)},
            "last_message": it["last_message"] and _message(it["last_message"]),
            "people": it["people"] and sorted(user["id"] for user in it["people"]),
        }
        for id_, it in conversations.items()
    }


def _message(message: Body) -> Body:
    return {**message, "author": message["author"]["id"]}


def _spaces(spaces: dict[str, Body]) -> dict[str, Body]:
    """Nobody is told how many people a space has: that is as of reading."""
    return {
        id_: {name: part for name, part in it.items() if name != "member_count"}
        for id_, it in spaces.items()
    }
