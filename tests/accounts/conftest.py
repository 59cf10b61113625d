"""Accounts in a house of its own, and a person to sign in."""

from typing import Any

import pytest

from tertulia.accounts.contract import Authenticate, CreateAccount, SignedIn, SignIn
from tertulia.accounts.handlers import hashing
from tertulia.accounts.wiring import wire
from tertulia.kernel.actor import Actor
from tertulia.kernel.ids import new_id
from tests.support.kit import AFAR, running

PASSWORD = "una buena taza"


def account(username: str = "ana", **given: Any) -> CreateAccount:
    """The request for an account, as set-up and registration make it."""
    fields: dict[str, Any] = {
        "user_id": new_id(),
        "username": username,
        "display_name": username.title(),
        "password": PASSWORD,
    }
    return CreateAccount(**fields | given)


def acting(signed_in: SignedIn) -> Actor:
    """The person of a session, as the gateway would say it."""
    user = signed_in.user
    return Actor(
        id=user.id,
        kind="person",
        username=user.username,
        display_name=user.display_name,
        administrator=user.administrator,
        session_id=signed_in.session_id,
        address="203.0.113.7",
        client="Firefox",
    )


async def sign_in(house, login="ana", password=PASSWORD, **caller):
    """A new session, from afar unless said."""
    actor = AFAR.model_copy(update={"client": "Firefox", **caller})
    return await house.ask(SignIn(login=login, password=password), actor)


async def whose(house, signed_in):
    """The identity of a session's token."""
    return await house.ask(Authenticate(token=signed_in.token), AFAR)


@pytest.fixture(autouse=True)
def _light_hashes(monkeypatch):
    """Hashes that cost next to nothing."""
    monkeypatch.setattr(hashing, "MEMORY_KIB", 64)
    monkeypatch.setattr(hashing, "PASSES", 1)


@pytest.fixture
async def house():
    async with running([wire]) as house:
        yield house


@pytest.fixture
async def ana(house):
    """Ana's first session."""
    return await house.ask(account("ana", email="ana@example.org"), AFAR)
