"""The few seconds in which a token need not be asked about."""

import asyncio

import pytest

from tertulia.accounts.contract import Authenticate, SessionsRevoked, UserChanged
from tertulia.gateway.sessions import FRESH_SECONDS, Sessions
from tertulia.kernel.actor import NOBODY
from tertulia.kernel.errors import Unauthenticated
from tests.gateway.house import House


class Watch:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def watch() -> Watch:
    return Watch()


@pytest.fixture
async def sessions(house: House, watch: Watch) -> Sessions:
    return Sessions(house.bus, now=watch)


async def test_a_token_is_asked_about_once_in_a_while(house: House, sessions: Sessions, watch):
    found = [await sessions.identify(house.ana.token, NOBODY) for _ in range(3)]
    assert found == [house.ana.identity] * 3
    assert len(house.asked_for(Authenticate)) == 1
    watch.seconds += FRESH_SECONDS
    await sessions.identify(house.ana.token, NOBODY)
    assert len(house.asked_for(Authenticate)) == 2


async def test_a_refusal_is_not_kept(house: House, sessions: Sessions):
    for _ in range(2):
        with pytest.raises(Unauthenticated):
            await sessions.identify("nobody's", NOBODY)
    assert len(house.asked_for(Authenticate)) == 2


async def test_a_guest_is_asked_about_every_time(house: House, sessions: Sessions):
    guest = house.person("Guest", kind="guest")
    for _ in range(2):
        await sessions.identify(guest.token, NOBODY)
    assert len(house.asked_for(Authenticate)) == 2


async def test_a_person_who_changed_is_looked_up_anew(house: House, sessions: Sessions):
    await sessions.identify(house.ana.token, NOBODY)
    user = house.ana.identity.user
    await house.publish(UserChanged(user=user, version=2, active=True, created=False))
    assert sessions.find(house.ana.token) is None


async def test_what_is_being_asked_while_the_session_ends_is_refused(
    house: House, sessions: Sessions
):
    gate = house.gates[Authenticate] = asyncio.Event()
    asking = asyncio.create_task(sessions.identify(house.ana.token, NOBODY))
    await asyncio.sleep(0)
    session_id = house.ana.identity.session_id
    await house.publish(SessionsRevoked(user_id=house.ana.id, session_ids=[session_id]))
    gate.set()
    with pytest.raises(Unauthenticated):
        await asking
    assert sessions.is_over(session_id)


@pytest.mark.parametrize("token", ["", "x" * 257])
async def test_what_is_no_token_is_not_asked_about(house: House, sessions: Sessions, token: str):
    with pytest.raises(Unauthenticated):
        await sessions.identify(token, NOBODY)
    assert not house.asked
