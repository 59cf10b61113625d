"""Finds the conversation that somebody means, by what the server knows of mine."""

import asyncio
from collections.abc import Sequence

from tertulia.client.commands.conversations import (
    CreateConversation,
    GetConversation,
    ListConversations,
)
from tertulia.client.commands.spaces import FindUsers, ListSpaces
from tertulia.client.errors import UnknownPerson
from tertulia.client.hearing import Hearer
from tertulia.client.ids import is_id
from tertulia.client.methods import Perform
from tertulia.client.models import Conversation, Space
from tertulia.client.naming import ChannelName, PersonName, find_channel, is_same, read_name


class Names:
    """Names of conversations, remembered for as long as nothing was renamed."""

    def __init__(self, hearer: Hearer, perform: Perform) -> None:
        self._hearer = hearer
        self._perform = perform
        self._known: dict[ChannelName | PersonName, str] = {}
        self._as_of = -1
        # First asked, first answered: what is sent to a name keeps its order, and one look is enough.
        self._turn = asyncio.Lock()

    async def find_conversation(self, text: str) -> str:
        """Find the id that an id, `#name`, `space/name` or `@username` means.

        A person's direct is opened where it was not there.

        Raises:
            UnknownName: Nothing of mine has that name.
            AmbiguousName: Several conversations have it.
        """
        async with self._turn:
            return text if is_id(text) else await self._find_name(text)

    async def _find_name(self, text: str) -> str:
        if self._as_of != self._hearer.renamed:
            self._known.clear()
            self._as_of = self._hearer.renamed
        name = read_name(text)
        if name not in self._known:
            self._known[name] = await self._look_up(name)
        return self._known[name]

    async def _look_up(self, name: ChannelName | PersonName) -> str:
        if isinstance(name, PersonName):
            return await self._open_direct(name.username)
        return find_channel(name, *await self._list_mine())

    async def _open_direct(self, username: str) -> str:
        me = self._hearer.ready.user
        found = await self._perform(FindUsers(username, limit=200))
        people = [me, *found.items] if me else found.items
        wanted = next((each.id for each in people if is_same(each.username, username)), None)
        if wanted is None:
            name = f"@{username}"
            raise UnknownPerson(f"Nobody you share a space with is called “{name}”", name)
        return (await self._perform(CreateConversation("direct", members=[wanted]))).id

    async def _list_mine(self) -> tuple[Sequence[Conversation], Sequence[Space]]:
        ready = self._hearer.ready
        if ready.user is None or ready.user.kind == "guest":
            # A guest may ask about the plaza, which is in the heads, and nothing else.
            return [await self._perform(GetConversation(each)) for each in ready.heads], []
        return await self._perform(ListConversations()), await self._perform(ListSpaces())
