"""Defects of the service and the edge: ids, order, the log, rooms."""

import asyncio
import random
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from tertulia.conversations.contract.messages import PostMessage
from tertulia.kernel.errors import Forbidden
from tertulia.kernel.ids import new_id

HOLE_EVERY = 20
LONGEST_DETOUR = 0.02


def forget_ids(real: Any) -> Any:
    """A message whose id is known already is a new one."""

    def decide(batch: Any, request: Any, actor: Any, names: Any) -> Any:
        return real(batch, _new(request) if request.id in batch._known else request, actor, names)  # noqa: SLF001

    return decide


def remember_ids_in_memory(real: Any) -> Any:
    """Ids are known for as long as the process lives."""
    seen: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

    def decide(batch: Any, request: Any, actor: Any, names: Any) -> Any:
        known = seen.setdefault(batch._desk, set())  # noqa: SLF001
        is_new = request.id not in known
        known.add(request.id)
        is_there = request.id in batch._known  # noqa: SLF001
        return real(batch, _new(request) if is_new and is_there else request, actor, names)

    return decide


def leave_holes(real: Any) -> Any:
    """Numbers come from a sequence that a refusal does not turn back."""
    drawn = count(1)

    def accept(batch: Any, request: Any, actor: Any, place: Any, names: Any) -> Any:
        if next(drawn) % HOLE_EVERY == 0:
            head, messages = batch._heads[place.id]  # noqa: SLF001
            batch._heads[place.id] = (head + 1, messages)  # noqa: SLF001
        return real(batch, request, actor, place, names)

    return accept


def read_from_the_last(real: Any) -> Any:
    """Resumes with the update that the client has: `>=` for `>`."""
    return lambda connection, conversation_id, after, limit: real(
        connection, conversation_id, max(after - 1, 0), limit
    )


def a_task_each(real: Any) -> Any:
    """Each command goes its own way to the writer."""
    chance = random.Random(0)  # noqa: S311 - no secret

    async def take(turns: Any, kind: Any) -> None:
        await asyncio.sleep(chance.uniform(0, LONGEST_DETOUR))
        await real(turns, kind)

    return take


def stay_in_the_room(_real: Any) -> Any:
    """Who is removed goes on hearing."""

    async def leave(_audience: Any, _connection: Any, _rooms: Any) -> None:
        pass

    return leave


def forget_to_follow(_real: Any) -> Any:
    """How a person looks now is taken note of, and nothing is done about it."""
    return lambda *_given, **_named: False


def refuse_what_is_done(real: Any) -> Any:
    """Some messages are refused for good, although they were written."""

    async def ask(bus: Any, request: Any, *rest: Any) -> Any:
        result = await real(bus, request, *rest)
        if isinstance(request, PostMessage) and int(str(request.id)[-1], 16) == 0:
            raise Forbidden
        return result

    return ask


def _new(request: PostMessage) -> PostMessage:
    return request.model_copy(update={"id": new_id()})
