"""Turns what a client hears into what one reader asked for."""

from collections.abc import AsyncGenerator

from tertulia.client.commands.updates import ListUpdates
from tertulia.client.errors import NotFound
from tertulia.client.events import Event
from tertulia.client.hearing import Hearer, News
from tertulia.client.inbox import Inbox
from tertulia.client.methods import Perform
from tertulia.client.models import Message, Position
from tertulia.client.names import Names
from tertulia.client.reducer import Change, Forgotten, Resynced
from tertulia.client.updates import MessagePosted, Update

Since = int | Position | None


class Listener:
    """Every method begins to collect when it is called, not when its first item is awaited."""

    def __init__(self, hearer: Hearer, names: Names, perform: Perform) -> None:
        self._hearer = hearer
        self._names = names
        self._perform = perform

    def listen(self, conversation: str, since: Since) -> AsyncGenerator[Message, None]:
        """Hear the messages of a conversation."""
        return self._listen(self._hearer.open_inbox(), conversation, since)

    def follow(self, conversation: str, since: Since) -> AsyncGenerator[Change, None]:
        """Hear all that changes in a conversation."""
        return self._follow(self._hearer.open_inbox(), conversation, since)

    def follow_all(self) -> AsyncGenerator[Change, None]:
        """Hear all that changes in all conversations."""
        return self._follow_all(self._hearer.open_inbox())

    def hear_events(self) -> AsyncGenerator[Event, None]:
        """Hear what is told outside the logs."""
        return self._hear_events(self._hearer.open_inbox())

    async def get_position(self, conversation: str) -> Position:
        """Say how far a conversation was heard.

        Raises:
            NotFound: It is not mine.
        """
        conversation_id = await self._names.find_conversation(conversation)
        position = self._hearer.reducer.get_position(conversation_id)
        if position is None:
            raise NotFound(f"{conversation} is not a conversation of yours", status=404)
        return position

    async def _follow_all(self, inbox: Inbox[News]) -> AsyncGenerator[Change, None]:
        async for news in inbox:
            if not isinstance(news, Event):
                yield news

    async def _hear_events(self, inbox: Inbox[News]) -> AsyncGenerator[Event, None]:
        async for news in inbox:
            if isinstance(news, Event):
                yield news

    async def _listen(
        self, inbox: Inbox[News], conversation: str, since: Since
    ) -> AsyncGenerator[Message, None]:
        async for change in self._follow(inbox, conversation, since):
            if isinstance(change, MessagePosted):
                yield change.message
            elif isinstance(change, Forgotten):
                raise NotFound(f"{conversation} is no longer a conversation of yours", status=404)

    async def _follow(
        self, inbox: Inbox[News], conversation: str, since: Since
    ) -> AsyncGenerator[Change, None]:
        conversation_id = await self._names.find_conversation(conversation)
        await self.get_position(conversation_id)
        heard = -1
        if since is not None:
            async for update in self._read_log(conversation_id, since):
                heard = update.seq
                yield update
        async for news in inbox:
            if isinstance(news, Event) or news.conversation_id != conversation_id:
                continue
            if isinstance(news, Update) and news.seq <= heard:
                continue
            heard = -1 if isinstance(news, Resynced) else heard
            yield news

    async def _read_log(
        self, conversation_id: str, since: int | Position
    ) -> AsyncGenerator[Update, None]:
        after, epoch = (since, None) if isinstance(since, int) else (since.seq, since.epoch)
        while True:
            page = await self._perform(ListUpdates(conversation_id, after=after, epoch=epoch))
            for update in page.updates():
                after = update.seq
                yield update
            if after >= page.head or not page.items:
                return
