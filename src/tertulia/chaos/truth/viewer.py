"""Somebody who looks before and after, and is told in between: once live, and once by catching up."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from typing import Any

from tertulia.chaos.simulation.socket import Socket
from tertulia.chaos.simulation.town import Citizen
from tertulia.chaos.simulation.world import World
from tertulia.chaos.truth import snapshot
from tertulia.chaos.truth.reducer import Reducer, Unreadable
from tertulia.chaos.truth.snapshot import Refused
from tertulia.client.models import Conversation, Draft, Message, Space, User
from tertulia.client.state import Gap

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
            except (Gap, Unreadable, KeyError) as error:
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
    for id_ in reducer.states.keys() - heads.keys():
        reducer.forget(id_)
    for id_, head in heads.items():
        if id_ in reducer.states:
            reducer.stand(id_, head)
        else:
            reducer.add(Conversation.model_validate(fresh["conversations"][id_]))
    _fetch_new(reducer, fresh)


def _fetch_new(reducer: Reducer, fresh: Body) -> None:
    """The first pages of conversations that were added, as the server gives them."""
    for id_ in reducer.new & fresh["conversations"].keys():
        reducer.fetch(fresh["messages"][id_], id_, fresh["members"][id_])


def _compared(reducer: Reducer, fresh: Body, *, caught_up: bool = False) -> Iterator[str]:
    """Where the reducer's state is not what a fresh look sees."""
    mine = {id_: _conversation(it.conversation, caught_up) for id_, it in reducer.states.items()}
    truth = {
        id_: _conversation(Conversation.model_validate(it), caught_up)
        for id_, it in fresh["conversations"].items()
    }
    yield from _differing("conversation", mine, truth)
    for id_ in mine.keys() & truth.keys():
        yield from _compared_inside(id_, reducer, fresh)
    if not caught_up:
        spaces = {id_: Space.model_validate(it) for id_, it in fresh["spaces"].items()}
        yield from _differing("space", _spaces(reducer.spaces), _spaces(spaces))
        people = {id_: User.model_validate(it) for id_, it in fresh["people"].items()}
        known = {id_: it for id_, it in reducer.people.items() if id_ in people}
        yield from _differing("person", known, people)
        drafts = {place: Draft.model_validate(it) for place, it in fresh["drafts"].items()}
        yield from _differing("draft", _bodies(reducer.drafts), _bodies(drafts))
        if reducer.saved != fresh["saved"]:
            yield f"saved are {reducer.saved}, not {fresh['saved']}"


def _compared_inside(id_: str, reducer: Reducer, fresh: Body) -> Iterator[str]:
    mine = {name: _message(it) for name, it in reducer.states[id_].messages.items()}
    truth = {
        name: _message(Message.model_validate(it)) for name, it in fresh["messages"][id_].items()
    }
    yield from _differing("message", mine, truth)
    pinned = sorted(name for name, it in mine.items() if it["pinned_at"])
    if pinned != fresh["pins"][id_]:
        yield f"the pins of {id_} are {pinned}, not {fresh['pins'][id_]}"
    roles = reducer.members.get(id_)
    if roles != fresh["members"][id_]:
        yield f"the members of {id_} are {roles}, not {fresh['members'][id_]}"


def _differing(noun: str, mine: Mapping[str, Any], truth: Mapping[str, Any]) -> Iterator[str]:
    for id_ in sorted(mine.keys() ^ truth.keys()):
        yield f"{noun} {id_} is {'there' if id_ in mine else 'missing'}"
    for id_ in sorted(mine.keys() & truth.keys()):
        if mine[id_] != truth[id_]:
            yield f"{noun} {id_}: {_parts(dict(mine[id_]), dict(truth[id_]))}"


def _parts(mine: Body, truth: Body) -> str:
    names = [name for name in truth if mine.get(name) != truth[name]]
    return "; ".join(f"{name} {mine.get(name)!r}, not {truth[name]!r}" for name in names)


def _conversation(conversation: Conversation, caught_up: bool) -> Body:
    """People are compared by id: how they look is a fact of its own."""
    last, people = conversation.last_message, conversation.people
    return {
        **{name: it for name, it in dict(conversation).items() if not (caught_up and name in OWN)},
        "last_message": last and _message(last),
        "people": people and sorted(user.id for user in people),
    }


def _message(message: Message) -> Body:
    return {**dict(message), "author": message.author.id}


def _bodies(drafts: dict[str, Draft]) -> dict[str, Body]:
    return {place: dict(draft) for place, draft in drafts.items()}


def _spaces(spaces: dict[str, Space]) -> dict[str, Body]:
    """Nobody is told how many people a space has: that is as of reading."""
    return {
        id_: {name: part for name, part in dict(it).items() if name != "member_count"}
        for id_, it in spaces.items()
    }
