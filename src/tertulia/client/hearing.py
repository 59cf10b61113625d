"""Hears what the server tells, fetches what was missed, and passes it on once and in order."""

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Any, cast
from weakref import WeakSet

from pydantic import ValidationError

from tertulia.client import events
from tertulia.client.backoff import compute_delay
from tertulia.client.commands.updates import CatchUp, ListMessages
from tertulia.client.errors import NotFound, TertuliaError
from tertulia.client.events import (
    ConversationAdded,
    ConversationRemoved,
    Event,
    Goodbye,
    SpaceAdded,
    SpaceChanged,
    SpaceRemoved,
    UserChanged,
)
from tertulia.client.inbox import Inbox
from tertulia.client.methods import Perform
from tertulia.client.models import Head, Ready
from tertulia.client.reducer import Change, Reducer
from tertulia.client.updates import ConversationChanged, read_update

News = Change | Event

RENAMING = (
    ConversationAdded,
    ConversationRemoved,
    SpaceAdded,
    SpaceChanged,
    SpaceRemoved,
    UserChanged,
)

_log = logging.getLogger("tertulia.client")


class Hearer:
    """All that a client hears, over all its connections.

    Attributes:
        ready: What the present connection, or the last one, began with.
        goodbye: Why the present connection is about to end, if the server said so.
        renamed: Counts what may give a name of a conversation another meaning.
    """

    def __init__(self, perform: Perform) -> None:
        self.reducer = Reducer()
        self.ready = Ready()
        self.goodbye: Goodbye | None = None
        self.renamed = 0
        self._perform = perform
        self._inboxes: WeakSet[Inbox[News]] = WeakSet()
        self._is_in = asyncio.Event()
        self._fetching: asyncio.Task[None] | None = None
        self._end: TertuliaError | None = None

    def open_inbox(self) -> Inbox[News]:
        """Begin to collect everything from now on, for as long as somebody holds the inbox."""
        inbox: Inbox[News] = Inbox()
        self._inboxes.add(inbox)
        if self._end:
            inbox.end(self._end)
        return inbox

    def end(self, error: TertuliaError | None) -> None:
        """End every inbox, cleanly or by an error."""
        self._end = error
        if self._fetching:
            self._fetching.cancel()
        for inbox in tuple(self._inboxes):
            inbox.end(error)

    async def wait_ready(self) -> None:
        """Return once the server has told `gateway.ready` on the present connection."""
        await self._is_in.wait()

    def lost(self) -> None:
        """Note that the connection ended."""
        self.goodbye = None
        self._is_in.clear()
        self.reducer.lost()

    def heard(self, name: str, *told: object) -> None:
        """Take one event, in the order of the connection; what is unknown is passed over."""
        try:
            self._take(name, told[0] if told else None)
        except ValidationError:
            _log.warning("What the server told as %s cannot be read", name)

    def publish(self, news: Iterable[News]) -> None:
        """Tell every reader, in this order."""
        for each in news:
            self.renamed += isinstance(each, ConversationChanged)
            for inbox in tuple(self._inboxes):
                inbox.put(each)

    def _take(self, name: str, data: object) -> None:
        if name == "gateway.ready":
            self._take_ready(Ready.model_validate(data))
        elif name in events.TYPES:
            self._take_event(events.TYPES[name].model_validate(data))
        elif name.startswith("conversations.") and isinstance(data, Mapping):
            self.publish(self.reducer.update(read_update(cast("Mapping[str, Any]", data))))
        self._look_for_missing()

    def _take_ready(self, ready: Ready) -> None:
        self.ready = ready
        self.renamed += 1
        self.publish(self.reducer.ready(ready.heads))
        self._is_in.set()

    def _take_event(self, event: Event) -> None:
        self.renamed += isinstance(event, RENAMING)
        if isinstance(event, Goodbye):
            self.goodbye = event
        elif isinstance(event, ConversationAdded):
            head = Head.model_validate(event.conversation, from_attributes=True)
            self.publish(self.reducer.added(event.conversation.id, head))
        elif isinstance(event, ConversationRemoved):
            self.publish(self.reducer.removed(event.conversation_id))
        self.publish([event])

    def _look_for_missing(self) -> None:
        idle = self._fetching is None or self._fetching.done()
        if idle and self._is_in.is_set() and (self.reducer.find_missing() or self.reducer.stale()):
            self._fetching = asyncio.get_running_loop().create_task(self._fetch_missing())

    async def _fetch_missing(self) -> None:
        """Catch up until nothing is missing; there is one such task at a time."""
        stalls = 0
        while self.reducer.stale() or self.reducer.find_missing():
            at_least_ms = None
            try:
                stalls = 0 if await self._fetch_some() else stalls + 1
            except TertuliaError as error:
                if not error.retryable:
                    _log.warning("Catching up was refused: %s", error)
                    return
                stalls, at_least_ms = stalls + 1, error.retry_after_ms
            except ValidationError:
                _log.warning("What the server told to catch up with cannot be read")
                return
            if stalls:
                delay = compute_delay(stalls, self.ready.reconnect, at_least_ms=at_least_ms)
                await asyncio.sleep(delay)

    async def _fetch_some(self) -> bool:
        for conversation_id in self.reducer.stale():
            await self._take_snapshot(conversation_id)
        asked = self.reducer.find_missing()
        if not asked:
            return True
        news = self.reducer.caught_up(asked, await self._perform(CatchUp(asked)))
        self.publish(news)
        return bool(news)

    async def _take_snapshot(self, conversation_id: str) -> None:
        try:
            page = await self._perform(ListMessages(conversation_id))
        except NotFound:
            self.publish(self.reducer.removed(conversation_id))
        else:
            self.publish(self.reducer.snapshot(conversation_id, page))
