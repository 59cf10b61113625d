import asyncio

import pytest

from tertulia.accounts.contract import (
    Authenticate,
    GetProfile,
    ListSessions,
    RevokeSession,
    SessionsRevoked,
)
from tertulia.accounts.wiring import wire
from tertulia.kernel.actor import NOBODY, SYSTEM, Actor
from tertulia.kernel.errors import Forbidden, NotFound, StorageFull, Unauthenticated
from tertulia.kernel.ids import new_id
from tests.accounts.conftest import account, acting, sign_in, whose
from tests.support.kit import AFAR, running


async def listed(house, actor):
    return (await house.ask(ListSessions(), actor)).items


async def ids(house, actor):
    return [session.id for session in await listed(house, actor)]


async def test_sessions_are_listed_the_last_used_first(house, ana):
    house.clock.forward(minutes=1)
    second = await sign_in(house, client="curl/8")
    first_view, second_view = (await listed(house, acting(ana)))[::-1]
    assert (first_view.id, first_view.current) == (ana.session_id, True)
    assert (second_view.id, second_view.current) == (second.session_id, False)
    assert second_view.client == "curl/8"
    assert second_view.created_at == second_view.seen_at == house.clock.now()


async def test_what_a_client_calls_itself_is_one_short_line(house, ana):
    await sign_in(house, client="evil\r\n\x1b[31m\u2028" + "x" * 500)
    [name] = {session.client for session in await listed(house, acting(ana))} - {""}
    assert name.startswith("evil[31mxxx")
    assert len(name) == 256


async def test_one_session_is_ended_before_the_answer(house, ana):
    second = await sign_in(house)
    await house.ask(RevokeSession(session_id=second.session_id), acting(ana))
    [told] = house.heard(SessionsRevoked)
    assert (told.user_id, told.session_ids) == (ana.user.id, [second.session_id])
    with pytest.raises(Unauthenticated):
        await whose(house, second)
    assert await ids(house, acting(ana)) == [ana.session_id]


async def test_signing_out_ends_the_current_session(house, ana):
    second = await sign_in(house)
    await house.ask(RevokeSession(session_id="current"), acting(second))
    assert await ids(house, acting(ana)) == [ana.session_id]
    with pytest.raises(Unauthenticated):
        await whose(house, second)


async def test_all_includes_this_one(house, ana):
    second = await sign_in(house)
    await house.ask(RevokeSession(session_id="all"), acting(ana))
    [told] = house.heard(SessionsRevoked)
    assert set(told.session_ids) == {ana.session_id, second.session_id}
    for session in (ana, second):
        with pytest.raises(Unauthenticated):
            await whose(house, session)
    assert (await sign_in(house)).session_id not in {ana.session_id, second.session_id}


async def test_ending_a_session_twice_tells_it_once(house, ana):
    second = await sign_in(house)
    for _ in range(2):
        await house.ask(RevokeSession(session_id=second.session_id), acting(ana))
    assert len(house.heard(SessionsRevoked)) == 1


async def test_the_sessions_of_others_are_not_there(house, ana):
    bruno = await house.ask(account("bruno"), AFAR)
    for session_id in (bruno.session_id, new_id()):
        with pytest.raises(NotFound):
            await house.ask(RevokeSession(session_id=session_id), acting(ana))
    assert (await whose(house, bruno)).user.id == bruno.user.id
    assert not house.heard(SessionsRevoked)
    assert await ids(house, acting(bruno)) == [bruno.session_id]


async def test_all_ends_nobody_elses(house, ana):
    bruno = await house.ask(account("bruno"), AFAR)
    await house.ask(RevokeSession(session_id="all"), acting(ana))
    assert (await whose(house, bruno)).user.id == bruno.user.id


async def test_a_session_lasts_thirty_days_from_its_last_use(house, ana):
    for _ in range(3):
        house.clock.forward(days=29)
        await whose(house, ana)
        await touched(house, ana)
    house.clock.forward(days=30)
    with pytest.raises(Unauthenticated):
        await whose(house, ana)
    assert not await listed(house, acting(ana))


async def touched(house, session):
    """Wait until the use of a session is written down."""
    async with asyncio.timeout(5):
        while (await listed(house, acting(session)))[0].seen_at != house.clock.now():
            pass


async def test_a_use_is_written_down_once_in_five_minutes(house, ana):
    started = house.clock.now()
    house.clock.forward(minutes=4)
    await whose(house, ana)
    assert (await listed(house, acting(ana)))[0].seen_at == started
    house.clock.forward(minutes=1)
    writes = count_writes(house)
    await asyncio.gather(*(whose(house, ana) for _ in range(50)))
    await touched(house, ana)
    await whose(house, ana)
    assert len(writes) == 1


def count_writes(house):
    """The requests written from now on."""
    writes, write = [], house.database.write

    async def counted(unit, request, actor):
        writes.append(request)
        return await write(unit, request, actor)

    house.database.write = counted
    return writes


async def test_dead_sessions_are_forgotten(tmp_path):
    path = tmp_path / "accounts.db"
    async with running([wire], path=path) as house:
        ana = await house.ask(account("ana"), AFAR)
        clock = house.clock
        clock.forward(days=30)
        await sign_in(house)
        assert await stored_sessions(house) == 1
        clock.forward(days=30)
    async with running([wire], path=path, clock=clock) as house:
        assert await stored_sessions(house) == 0
        with pytest.raises(Unauthenticated):
            await whose(house, ana)


async def stored_sessions(house):
    statement = "SELECT count(*) FROM accounts_sessions"
    return await house.database.read(lambda it: it.exec_driver_sql(statement).scalar())


async def test_a_session_survives_a_restart(tmp_path):
    path = tmp_path / "accounts.db"
    async with running([wire], path=path) as house:
        ana = await house.ask(account("ana"), AFAR)
    async with running([wire], path=path) as house:
        assert (await whose(house, ana)).user.id == ana.user.id


@pytest.mark.parametrize(
    "token",
    [
        "",
        "session_",
        "x" * 10_000,
        "session_" + "A" * 43,
        "session_" + "A" * 42 + "\0",
        "session_" + "ñ" * 43,
        "Session_" + "A" * 43,
        "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbmEifQ.",
        "\ud800",
    ],
)
async def test_a_token_that_was_never_given_out_opens_nothing(house, ana, token):
    with pytest.raises(Unauthenticated):
        await house.house.services[0].serves[Authenticate](Authenticate(token=token), AFAR)


async def test_a_digest_is_not_a_token(house, ana):
    statement = "SELECT digest FROM accounts_sessions"
    digest = await house.database.read(lambda it: it.exec_driver_sql(statement).scalar())
    for token in (digest, f"session_{digest[:43]}"):
        with pytest.raises(Unauthenticated):
            await house.ask(Authenticate(token=token))


async def test_who_has_no_account_has_no_sessions(house, ana):
    guest = Actor(id=new_id(), kind="guest", session_id=new_id())
    for request in (ListSessions(), RevokeSession(session_id="all"), GetProfile()):
        with pytest.raises(Unauthenticated):
            await house.ask(request, NOBODY)
        for actor in (guest, SYSTEM):
            with pytest.raises(Forbidden):
                await house.ask(request, actor)


async def test_a_use_that_could_not_be_written_is_written_with_the_next(house, ana):
    house.clock.forward(minutes=5)
    refused, write = asyncio.Event(), house.database.write

    async def full(*_):
        refused.set()
        raise StorageFull

    house.database.write = full
    assert (await whose(house, ana)).user.id == ana.user.id
    await asyncio.wait_for(refused.wait(), 5)
    house.database.write = write
    await whose(house, ana)
    await touched(house, ana)
