"""What goes when somebody leaves: a conversation, or the product."""

import asyncio

import structlog

from tertulia.accounts.contract import UserChanged
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError
from tertulia.kit.db import Connection
from tertulia.personal.handlers.drafts import Drafts
from tertulia.personal.store import drafts, saved, versions

log = structlog.get_logger(__name__)


class Departures:
    """Forgets what nobody is left to see.

    That somebody left a conversation may go unheard, or be heard late, when they are in it again. So what is
    heard is only a reason to look; and whoever lists drafts looks too.
    """

    def __init__(self, kept: Drafts) -> None:
        self._drafts = kept
        self._looking: set[asyncio.Task[None]] = set()

    async def member_left(self, event: MemberLeft) -> None:
        """Look, without holding up who tells it."""
        task = asyncio.create_task(self._look(event.user.id, event.conversation_id))
        self._looking.add(task)
        task.add_done_callback(self._looking.discard)

    def user_changed(self, connection: Connection, event: UserChanged, _actor: Actor) -> None:
        """Of the deactivated nothing is kept."""
        if not event.active:
            for kept in (drafts, saved, versions):
                kept.forget_person(connection, event.user.id)

    async def stop(self) -> None:
        """Finish looking."""
        await asyncio.gather(*self._looking, return_exceptions=True)

    async def _look(self, user_id: str, conversation_id: str) -> None:
        try:
            await self._drafts.look_again(conversation_id, Actor(id=user_id, kind="person"))
        except AppError as refusal:
            log.info("departure_not_followed", code=refusal.code)
