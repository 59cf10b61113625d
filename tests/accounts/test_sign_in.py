import asyncio

import pytest

from tertulia.accounts.contract import (
    Authenticate,
    ResetPassword,
    SessionsRevoked,
    SignIn,
    UpdateProfile,
    WrongCredentials,
)
from tertulia.accounts.handlers.hashing import Hasher
from tertulia.accounts.wiring import wire
from tertulia.kernel.actor import NOBODY
from tertulia.kernel.errors import Forbidden, Invalid, NotFound, RateLimited, Unauthenticated
from tests.accounts.conftest import PASSWORD, account, acting, sign_in, whose
from tests.support.kit import AFAR, running


@pytest.mark.parametrize("login", ["ana", "ANA", " ana ", "ana@example.org", "Ana@Example.org"])
async def test_one_signs_in_by_username_or_email(house, ana, login):
    again = await sign_in(house, login)
    assert again.user == ana.user
    assert again.token != ana.token
    assert again.session_id != ana.session_id


async def test_one_signs_in_by_the_username_of_now(house, ana):
    await house.ask(UpdateProfile(username="anita"), acting(ana))
    with pytest.raises(WrongCredentials):
        await sign_in(house, "ana")
    assert (await sign_in(house, "anita")).user.id == ana.user.id


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ana", "mala taza"),
        ("ana", ""),
        ("ana", PASSWORD.upper()),
        ("nadie", PASSWORD),
        ("nadie@example.org", PASSWORD),
        ("", PASSWORD),
        ("@", PASSWORD),
        ("' OR 1=1 --", PASSWORD),
        ("ana", "x" * 100_000),
    ],
)
async def test_wrong_user_and_wrong_password_are_the_same_answer(house, ana, login, password):
    with pytest.raises(WrongCredentials) as refused:
        await sign_in(house, login, password)
    assert (refused.value.status, refused.value.detail) == (401, "User or password is wrong.")


async def test_an_unknown_user_costs_a_hash_as_well(house, ana, monkeypatch):
    verified = []
    verify = Hasher._verify
    monkeypatch.setattr(Hasher, "_verify", lambda *args: verified.append(args[1]) or verify(*args))
    for login in ("ana", "nadie"):
        with pytest.raises(WrongCredentials):
            await sign_in(house, login, "mala taza")
    [known, unknown] = verified
    assert known != unknown
    assert (
        known.rpartition("$")[0].rpartition("$")[0] == unknown.rpartition("$")[0].rpartition("$")[0]
    )


async def test_a_reset_password_ends_all_sessions_before_the_answer(house, ana):
    second = await sign_in(house)
    await house.ask(ResetPassword(username="Ana", password="otra buena taza"))
    [told] = house.heard(SessionsRevoked)
    assert told.user_id == ana.user.id
    assert set(told.session_ids) == {ana.session_id, second.session_id}
    for session in (ana, second):
        with pytest.raises(Unauthenticated):
            await whose(house, session)
    with pytest.raises(WrongCredentials):
        await sign_in(house)
    assert (await sign_in(house, password="otra buena taza")).user.id == ana.user.id


async def test_only_the_operator_resets_a_password(house, ana):
    for actor in (acting(ana), NOBODY, AFAR):
        with pytest.raises(Forbidden):
            await house.ask(ResetPassword(username="ana", password="otra buena taza"), actor)
    with pytest.raises(NotFound):
        await house.ask(ResetPassword(username="nadie", password="otra buena taza"))
    with pytest.raises(Invalid):
        await house.ask(ResetPassword(username="ana", password="password"))
    assert (await sign_in(house)).user == ana.user


async def test_a_password_that_is_reset_meanwhile_opens_nothing(house, ana, monkeypatch):
    verify = Hasher.verify

    async def slow_verify(hasher, password_hash, password):
        found = await verify(hasher, password_hash, password)
        await house.ask(ResetPassword(username="ana", password="otra buena taza"))
        return found

    monkeypatch.setattr(Hasher, "verify", slow_verify)
    with pytest.raises(WrongCredentials):
        await sign_in(house)


async def test_an_old_hash_is_made_anew(house, ana, monkeypatch):
    hashes = []
    monkeypatch.setattr(Hasher, "is_outdated", lambda _, found: hashes.append(found) or True)
    await sign_in(house)
    await sign_in(house)
    assert hashes[0] != hashes[1]
    assert (await sign_in(house)).user == ana.user


class TestRates:
    @pytest.fixture
    async def house(self):
        async with running([wire], rate_limits=True) as house:
            yield house

    async def refusals(self, house, count, **caller):
        waits = []
        for number in range(count):
            login = caller.get("login", "ana").format(number)
            address = caller.get("address", "203.0.113.7").format(number)
            try:
                await sign_in(house, login, caller.get("password", "mala taza"), address=address)
            except RateLimited as refusal:
                waits.append(refusal.retry_after)
            except WrongCredentials:
                pass
        return waits

    async def test_an_account_has_ten_tries_a_minute_from_everywhere(self, house, ana):
        waits = await self.refusals(house, 14, address="203.0.113.{}")
        assert waits == [pytest.approx(6)] * 4

    async def test_every_spelling_of_an_account_counts_together(self, house, ana):
        assert not await self.refusals(house, 5, login="ANA")
        assert not await self.refusals(house, 5, login="ana@example.org")
        assert await self.refusals(house, 1, login=" ana ")

    async def test_an_unknown_account_is_refused_alike(self, house):
        assert await self.refusals(house, 11, login="nadie") == [pytest.approx(6)]

    async def test_nobody_is_locked_out(self, house, ana):
        await self.refusals(house, 40)
        house.clock.forward(seconds=6)
        assert (await sign_in(house)).user == ana.user

    async def test_an_address_has_sixty_tries_a_minute(self, house, ana):
        waits = await self.refusals(house, 62, login="user{}", password="mala taza")
        assert waits == [pytest.approx(1)] * 2
        assert (await sign_in(house, address="198.51.100.1")).user == ana.user
        house.clock.forward(seconds=1)
        assert (await sign_in(house)).user == ana.user

    async def test_an_ipv6_network_is_one_address(self, house):
        waits = await self.refusals(house, 61, login="user{}", address="2001:db8::{}")
        assert len(waits) == 1

    async def test_an_address_makes_sixty_accounts_a_minute(self, house):
        requests = [account(f"user{n}", password="corta") for n in range(61)]
        codes = []
        for request in requests:
            with pytest.raises((Invalid, RateLimited)) as refused:
                await house.ask(request, AFAR)
            codes.append(refused.value.code)
        assert codes == ["invalid"] * 60 + ["rate_limited"]

    async def test_the_operator_makes_any_number(self, house):
        for number in range(61):
            with pytest.raises(Invalid):
                await house.ask(account(f"user{number}", password="corta"))

    async def test_without_rate_limits_nothing_is_counted(self, ana):
        async with running([wire], rate_limits=False) as house:
            assert not await self.refusals(house, 12)


async def test_a_wrong_type_is_not_a_password():
    for value in (["a"], {"$ne": ""}, None, 12345678, "\ud800" * 8, "a\0bcdefgh"):
        with pytest.raises(ValueError, match="password"):
            SignIn.model_validate({"login": "ana", "password": value}, strict=True)
        with pytest.raises(ValueError, match="login"):
            SignIn.model_validate({"login": value, "password": PASSWORD}, strict=True)


async def test_many_sign_ins_at_once_are_all_carried_out(house, ana):
    done = await asyncio.gather(*(sign_in(house) for _ in range(10)))
    assert len({signed_in.token for signed_in in done}) == 10
    for signed_in in done:
        assert (await house.ask(Authenticate(token=signed_in.token))).user.id == ana.user.id
