"""How accounts is put together."""

from zoneinfo import available_timezones

from tertulia.accounts.contract import (
    Authenticate,
    CreateAccount,
    FindAccount,
    GetProfile,
    HasAccounts,
    ListSessions,
    OpenGuest,
    ResetPassword,
    RevokeSession,
    SessionsRevoked,
    SignIn,
    UpdateProfile,
    UserChanged,
)
from tertulia.accounts.handlers.accounts import Accounts
from tertulia.accounts.handlers.guests import Guests
from tertulia.accounts.handlers.hashing import Hasher
from tertulia.accounts.handlers.profiles import Profiles
from tertulia.accounts.handlers.rates import Rates
from tertulia.accounts.handlers.sessions import Sessions
from tertulia.accounts.store import checks
from tertulia.accounts.store.carrying_over import carry_over
from tertulia.accounts.tables import log
from tertulia.kit.service import Kit, Service
from tertulia.kit.upkeep import Upkeep

UPKEEP = Upkeep(
    log=log,
    checks=checks.CHECKS,
    facts={
        "accounts.users": checks.list_users,
        "accounts.usernames": checks.list_usernames,
        "accounts.head": checks.list_head,
    },
    restored=carry_over,
)


def wire(kit: Kit) -> Service:
    """Accounts needs no other service."""
    time_zones = available_timezones()
    hasher, rates, guests = Hasher(), Rates(kit), Guests(kit)
    sessions = Sessions(kit, hasher, rates, guests)
    accounts = Accounts(kit, hasher, rates, sessions, time_zones)
    profiles = Profiles(kit, time_zones)

    async def stop() -> None:
        await sessions.stop()
        hasher.close()

    return Service(
        name="accounts",
        serves={
            Authenticate: sessions.authenticate,
            OpenGuest: guests.open_guest,
            SignIn: sessions.sign_in,
            ListSessions: kit.read(sessions.list_sessions),
            RevokeSession: kit.write(sessions.revoke_session, barrier="accounts"),
            CreateAccount: accounts.create_account,
            ResetPassword: accounts.reset_password,
            FindAccount: kit.read(accounts.find_account),
            HasAccounts: kit.read(accounts.has_accounts),
            GetProfile: kit.read(profiles.get_profile),
            UpdateProfile: kit.write_everywhere(profiles.update_profile, "accounts"),
        },
        events=(UserChanged, SessionsRevoked),
        log=log,
        on_start=sessions.forget_dead,
        on_stop=stop,
    )
