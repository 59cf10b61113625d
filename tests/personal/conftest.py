"""A town in which people begin to write: personal beside conversations and accounts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tertulia.accounts.wiring import wire as accounts
from tertulia.conversations.wiring import wire as conversations
from tertulia.kernel.actor import Actor
from tertulia.kernel.limits import Limits
from tertulia.personal.contract import DraftPage, DraftView, GetDraft, ListDrafts, SaveDraft
from tertulia.personal.wiring import wire as personal
from tests.conversations.town import Town
from tests.support.kit import running


class Study(Town):
    """The town, and what its people write for themselves."""

    async def writes(
        self, actor: Actor, text: str, where: str, seen: int = 0, thread: str | None = None
    ) -> DraftView:
        """Save a draft on a device that has seen a version."""
        place = {"conversation_id": where, "thread_id": thread}
        request = SaveDraft(**place, text=text, version=seen)
        return (await self.ask(request, actor)).draft

    async def draft(self, actor: Actor, where: str, thread: str | None = None) -> DraftView:
        """What stands there."""
        request = GetDraft(conversation_id=where, thread_id=thread)
        return (await self.ask(request, actor)).draft

    async def drafts(self, actor: Actor, **page: object) -> DraftPage:
        """A page of somebody's drafts."""
        return await self.ask(ListDrafts.model_validate(page), actor)

    async def texts(self, actor: Actor) -> list[str]:
        """All that somebody began to write, the last saved first."""
        return [draft.text for draft in (await self.drafts(actor)).items]


@asynccontextmanager
async def a_study(limits: Limits | None = None) -> AsyncIterator[Study]:
    """A town with its study."""
    async with running([accounts, conversations, personal], limits=limits) as house:
        study = Study(house)
        await study.open()
        yield study


@pytest.fixture
async def town() -> AsyncIterator[Study]:
    """A town with its study."""
    async with a_study() as study:
        yield study
