"""Turns what a client hears into what one reader asked for."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Generic, Self, TypeVar

from tertulia.client.commands.updates import ListUpdates
from tertulia.client.errors import NotFound
from tertulia.client.events import Event
from tertulia.client.hearing import Hearer, News
from tertulia.client.inbox import Inbox
from tertulia.client.methods import Perform
from tertulia.client.models import Message, Position
from tertulia.client.names import Names
from tertulia.client.reducer import Change, Forgotten, Resynced
from tertulia.client.updates import MessagePosted, Update, UpdatePage

T = TypeVar("T")

Since = int | Position | None


class Stream(Generic[T]):
    """What a reader asked for, in order, since the moment of asking.

    Waiting for the next item may be given up and taken up again, by a time limit for instance:
    nothing is lost by it.
    """

    def __init__(
        self, inbox: Inbox[News], source: AsyncIterator[News], pick: Callable[[News], T | None]
    ) -> None:
        self._inbox = inbox
        self._source = source
        self._pick = pick

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        while True:
            item = self._pick(await anext(self._source))
            if item is not None:
                return item

    @property
    def position(self) -> Position | None:
        """How far one conversation was read by this stream, for `since` of a later run.

        A program that stores it together with what it did about the item does that exactly once. It
        is None where the stream is of more than one conversation, and until it is known.
        """
        return self._source.position if isinstance(self._source, Followed) else None

    async def aclose(self) -> None:
        """Stop listening: what was not read yet is read, and then the stream ends."""
        self._inbox.end()


class Listener:
    """Every method begins to collect when it is called, not when its first item is awaited."""

    def __init__(self, hearer: Hearer, names: Names, perform: Perform) -> None:
        self._hearer = hearer
        self._names = names
        self._perform = perform

    def listen(self, conversation: str, since: Since) -> Stream[Message]:
        """Hear the messages of a conversation."""
        inbox = self._hearer.open_inbox()
        return Stream(inbox, Followed(self, inbox, conversation, since), _pick_message)

    def follow(self, conversation: str, since: Since) -> Stream[Change]:
        """Hear all that changes in a conversation."""
        inbox = self._hearer.open_inbox()
        return Stream(inbox, Followed(self, inbox, conversation, since), _pick_change)

    def follow_all(self) -> Stream[Change]:
        """Hear all that changes in all conversations."""
        inbox = self._hearer.open_inbox()
        return Stream(inbox, inbox, _pick_change)

    def hear_events(self) -> Stream[Event]:
        """Hear what is told outside the logs."""
        inbox = self._hearer.open_inbox()
        return Stream(inbox, inbox, _pick_event)

    async def get_position(self, conversation: str) -> Position:
        """Say how far a conversation was heard.

        Raises:
            NotFound: It is not mine.
        """
        conversation_id = await self._names.find_conversation(conversation)
        position = self._hearer.reducer.get_position(conversation_id)
        if position is None:
            raise not_mine(conversation)
        return position

    async def find_mine(self, conversation: str, before: frozenset[str]) -> str:
        """Find a conversation that is mine now or was in `before`.

        Raises:
            NotFound: It is neither.
        """
        conversation_id = await self._names.find_conversation(conversation)
        if conversation_id not in before | self.list_mine():
            raise not_mine(conversation)
        return conversation_id

    def list_mine(self) -> frozenset[str]:
        """List my conversations."""
        return self._hearer.reducer.list_mine()

    def list_positions(self) -> Mapping[str, Position]:
        """Say how far each conversation of mine was heard."""
        return self._hearer.reducer.list_positions()

    async def read_log(self, conversation_id: str, since: Position | int) -> UpdatePage:
        """Read a page of a conversation's log after a position."""
        after, epoch = (since, None) if isinstance(since, int) else (since.seq, since.epoch)
        return await self._perform(ListUpdates(conversation_id, after=after, epoch=epoch))


class Followed:
    """The changes of one conversation: its log after `since`, and then what is live."""

    def __init__(
        self, listener: Listener, inbox: Inbox[News], conversation: str, since: Since
    ) -> None:
        self._listener = listener
        self._inbox = inbox
        self._conversation = conversation
        self._conversation_id: str | None = None
        self._known = listener.list_positions()
        self._since = since
        self.position = since if isinstance(since, Position) else None
        self._backlog: deque[Update] = deque()
        self._read = -1

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> News:
        if self._conversation_id is None:
            self._conversation_id = await self._find_conversation()
        while self._since is not None and not self._backlog:
            await self._read_on(self._conversation_id, self._since)
        if self._backlog:
            return self._pass(self._backlog.popleft())
        while self._was_read(news := await anext(self._inbox)):
            pass
        return self._pass(news)

    async def _find_conversation(self) -> str:
        found = await self._listener.find_mine(self._conversation, frozenset(self._known))
        if self._since is None:
            self.position = self._known.get(found)
        return found

    def _pass(self, news: News) -> News:
        """Move on over what is handed out."""
        if isinstance(news, Resynced):
            self._read = -1
            self.position = Position(epoch=news.page.epoch, seq=news.page.head)
        elif isinstance(news, Update):
            self.position = self._after(news)
        return news

    def _after(self, update: Update) -> Position | None:
        """Where one is after an update; of a conversation that came since, its history is asked for."""
        place = self.position or self._listener.list_positions().get(update.conversation_id)
        return place and Position(epoch=place.epoch, seq=update.seq)

    async def _read_on(self, conversation_id: str, since: int | Position) -> None:
        page = await self._listener.read_log(conversation_id, since)
        after = since if isinstance(since, int) else since.seq
        self.position = Position(epoch=page.epoch, seq=after)
        self._backlog.extend(page.updates())
        if not self._backlog:
            self._since = None
            return
        self._read = self._backlog[-1].seq
        following = Position(epoch=page.epoch, seq=self._read)
        self._since = following if self._read < page.head else None

    def _was_read(self, news: News) -> bool:
        if isinstance(news, Event) or news.conversation_id != self._conversation_id:
            return True
        return isinstance(news, Update) and news.seq <= self._read


def _pick_change(news: News) -> Change | None:
    return None if isinstance(news, Event) else news


def _pick_event(news: News) -> Event | None:
    return news if isinstance(news, Event) else None


def _pick_message(news: News) -> Message | None:
    if isinstance(news, Forgotten):
        raise NotFound("This is no longer a conversation of yours", status=404)
    return news.message if isinstance(news, MessagePosted) else None


def not_mine(conversation: str) -> NotFound:
    """Make the error for a conversation that one cannot hear."""
    return NotFound(f"{conversation} is not a conversation of yours", status=404)
