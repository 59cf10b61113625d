"""Set-up and registration: reserve, let accounts make the user, finish."""

from datetime import timedelta
from typing import Any

import structlog

from tertulia.accounts.contract import CreateAccount, FindAccount, SignedIn, UserView
from tertulia.conversations.contract.arriving import (
    CreateUser,
    Register,
    Registered,
    SetUp,
    SetUpDone,
)
from tertulia.conversations.handlers.admissions import Admissions, Coming, Entered
from tertulia.conversations.rules.arriving import UNKNOWN_OUTCOME
from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.addresses import address_key
from tertulia.kernel.buckets import Buckets
from tertulia.kernel.errors import AppError, RateLimited
from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Request
from tertulia.kit.bus import Handler
from tertulia.kit.service import Kit

ABANDONED = timedelta(minutes=1)
"""After this long nobody is at work on an admission any more."""

ACCOUNT_FIELDS = {"username", "display_name", "password", "email", "language", "time_zone"}
log = structlog.get_logger(__name__)


class Arriving:
    """The coroutines that bring somebody in, through accounts and back."""

    def __init__(self, kit: Kit) -> None:
        admissions = Admissions(kit)
        self._kit = kit
        tries = kit.limits.registrations_per_address
        self._tries = Buckets(per_second=tries / 60, burst=tries)
        self._reserve: dict[type[Request[Any]], Handler] = {
            SetUp: kit.write(admissions.reserve_set_up),
            Register: kit.write(admissions.reserve_registration),
            CreateUser: kit.write(admissions.reserve_user),
        }
        self._complete = kit.write(admissions.complete)
        self._finish = kit.write(admissions.finish)
        self._release = kit.write(admissions.release)
        self._list_open = kit.read(admissions.list_open)
        self._open = kit.write(admissions.open_house)

    async def start(self) -> None:
        """The plaza is there, and nobody is left between outside and inside."""
        await self._open(None, SYSTEM)
        await self.repair()

    async def set_up(self, request: SetUp, actor: Actor) -> SetUpDone:
        """See `SetUp`."""
        signed_in, entered = await self._bring_in(request, actor, administrator=True)
        return SetUpDone.model_validate(
            {
                "token": signed_in.token,
                "user": signed_in.user,
                "space": entered.space,
                "conversation": entered.conversation,
            }
        )

    async def register(self, request: Register, actor: Actor) -> Registered:
        """See `Register`."""
        signed_in, entered = await self._bring_in(request, actor)
        return Registered(token=signed_in.token, user=signed_in.user, space=entered.space)

    async def create_user(self, request: CreateUser, actor: Actor) -> Registered:
        """See `CreateUser`."""
        signed_in, entered = await self._bring_in(
            request, actor, administrator=request.administrator
        )
        return Registered(token=signed_in.token, user=signed_in.user, space=entered.space)

    async def repair(self, age: timedelta = timedelta()) -> None:
        """Finish or release the admissions of at least this age that nobody is at work on."""
        for user_id in await self._list_open(self._kit.clock.now() - age, SYSTEM):
            try:
                user = await self._kit.bus.ask(FindAccount(user_id=user_id), SYSTEM)
            except UNKNOWN_OUTCOME:
                log.warning("admission_left_open", user_id=user_id)
                continue
            await (self._finish(user, SYSTEM) if user else self._release(user_id, SYSTEM))

    async def _bring_in(
        self, request: SetUp | Register | CreateUser, actor: Actor, *, administrator: bool = False
    ) -> tuple[SignedIn, Entered]:
        self._check_rate(actor)
        await self.repair(ABANDONED)
        account = self._account(request, administrator=administrator)
        await self._reserve[type(request)](Coming(account.user_id, request), actor)
        signed_in = await self._create(account, actor)
        user = UserView(**signed_in.user.model_dump(include=set(UserView.model_fields)))
        return signed_in, await self._complete(user, actor)

    def _check_rate(self, actor: Actor) -> None:
        """Whoever tries counts, so that neither the set-up code nor an invitation can be guessed."""
        if actor.kind == "system" or not self._kit.rate_limits:
            return
        wait = self._tries.take(address_key(actor.address), self._kit.clock.seconds())
        if wait:
            raise RateLimited(retry_after=wait)

    def _account(
        self, request: SetUp | Register | CreateUser, *, administrator: bool
    ) -> CreateAccount:
        given = request.model_dump(include=ACCOUNT_FIELDS)
        fields = {"user_id": new_id(), "administrator": administrator, **given}
        return CreateAccount.model_validate(fields, context=self._kit.limits)

    async def _create(self, account: CreateAccount, actor: Actor) -> SignedIn:
        try:
            return await self._kit.bus.ask(account, actor)
        except UNKNOWN_OUTCOME:
            raise
        except AppError:
            await self._release(account.user_id, SYSTEM)
            raise
