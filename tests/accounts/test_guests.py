import re

import pytest

from tertulia.accounts.contract import Authenticate, OpenGuest
from tertulia.accounts.wiring import wire
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import Unauthenticated
from tertulia.kernel.ids import is_id
from tertulia.kit.service import Policy
from tests.support.kit import AFAR, LOCAL, running

SECRET = "A" * 43


async def opened(house, name=None, actor=LOCAL):
    return await house.ask(OpenGuest(display_name=name), actor)


async def returning(house, token, name=None, actor=LOCAL):
    return await house.ask(Authenticate(token=token, display_name=name), actor)


def forged(moment, secret=SECRET):
    return f"guest_{round(moment.timestamp() * 1000)}_{secret}"


async def test_a_guest_has_a_pass_and_a_name(house):
    ana = await opened(house, "Ana")
    user = ana.identity.user
    assert (user.display_name, user.username, user.kind) == ("Ana", None, "guest")
    assert (ana.identity.administrator, ana.identity.version) == (False, 0)
    assert re.fullmatch(r"guest_[0-9]+_[A-Za-z0-9_-]{43}", ana.token)


async def test_who_brings_the_pass_is_the_same_guest(house):
    ana = await opened(house, "Ana")
    house.clock.forward(days=29)
    assert await returning(house, ana.token, "Ana") == ana.identity


async def test_a_guest_without_a_name_gets_one_from_the_id(house):
    somebody = await opened(house)
    name = somebody.identity.user.display_name
    assert name == f"Guest {somebody.identity.user.id[-4:]}"
    ana = await opened(house, "Ana")
    back = await returning(house, ana.token)
    assert back.user.display_name == f"Guest {ana.identity.user.id[-4:]}"
    assert back.user.id == ana.identity.user.id


async def test_ids_of_guests_are_proper_and_their_own(house):
    guests = [await opened(house) for _ in range(20)]
    ids = {guest.identity.user.id for guest in guests}
    ids |= {guest.identity.session_id for guest in guests}
    assert len(ids) == 40
    assert all(map(is_id, ids))


async def test_the_id_does_not_show_the_pass(house):
    guest = await opened(house)
    secret = guest.token.rpartition("_")[2]
    assert secret not in guest.identity.model_dump_json()


async def test_a_pass_is_good_for_thirty_days(house):
    guest = await opened(house)
    house.clock.forward(days=30)
    with pytest.raises(Unauthenticated):
        await returning(house, guest.token)


async def test_a_pass_from_the_future_is_not_good_for_ever(house):
    now = house.clock.now()
    house.clock.forward(minutes=-4)
    assert await returning(house, forged(now))
    house.clock.forward(minutes=-2)
    with pytest.raises(Unauthenticated):
        await returning(house, forged(now))


@pytest.mark.parametrize(
    "token",
    [
        "guest_",
        "guest__" + SECRET,
        "guest_1_" + SECRET,
        "guest_-1_" + SECRET,
        "guest_99999999999999_" + SECRET,
        "guest_" + "9" * 4000 + "_" + SECRET,
        "guest_١٢٣_" + SECRET,
        "guest_{now}_" + SECRET[1:],
        "guest_{now}_" + SECRET + "A",
        "guest_{now}_" + SECRET + "\n",
        "guest_{now}_" + "ñ" * 43,
        "guest_{now}.0_" + SECRET,
    ],
)
async def test_a_malformed_pass_is_nobodys(house, token):
    now = round(house.clock.now().timestamp() * 1000)
    with pytest.raises(Unauthenticated):
        await returning(house, token.replace("{now}", str(now)))


async def test_nothing_is_stored(house):
    before = await rows(house)
    ana = await opened(house, "Ana")
    await returning(house, ana.token, "Ana")
    assert await rows(house) == before
    await house.settled()
    assert not house.events


async def rows(house):
    tables = ("users", "usernames", "sessions", "credentials", "events")
    statements = [f"SELECT count(*) FROM accounts_{table}" for table in tables]
    return await house.database.read(
        lambda it: [it.exec_driver_sql(statement).scalar() for statement in statements]
    )


@pytest.mark.parametrize(
    ("policy", "actor", "welcome"),
    [
        ("on", LOCAL, True),
        ("on", AFAR, True),
        ("local", LOCAL, True),
        ("local", SYSTEM, True),
        ("local", AFAR, False),
        ("off", LOCAL, False),
        ("off", AFAR, False),
    ],
)
async def test_the_policy_decides_who_may_be_a_guest(policy, actor, welcome):
    async with running([wire], policy=Policy(guests=policy)) as house:
        token = forged(house.clock.now())
        if welcome:
            assert await opened(house, actor=actor)
            assert await returning(house, token, actor=actor)
            return
        with pytest.raises(Unauthenticated):
            await opened(house, actor=actor)
        with pytest.raises(Unauthenticated):
            await returning(house, token, actor=actor)


def test_a_pass_is_not_shown():
    assert SECRET not in repr(Authenticate(token=f"guest_1_{SECRET}"))
