import asyncio

import pytest

from tertulia.accounts.contract import (
    FindAccount,
    HasAccounts,
    UpdateProfile,
    UserChanged,
    UsernameTaken,
    WrongCredentials,
)
from tertulia.kernel.errors import AppError, Invalid
from tertulia.kernel.ids import new_id
from tests.accounts.conftest import PASSWORD, account, acting, whose
from tests.support.kit import AFAR


async def outcome(house, request):
    try:
        return await house.ask(request, AFAR)
    except AppError as refusal:
        return refusal


async def test_a_new_account_is_signed_in(house, ana):
    assert ana.user.username == "ana"
    assert ana.user.email == "ana@example.org"
    assert not ana.user.administrator
    identity = await whose(house, ana)
    assert identity.user.id == ana.user.id
    assert identity.session_id == ana.session_id


async def test_its_creation_is_told(house, ana):
    await house.settled()
    [told] = house.heard(UserChanged)
    assert (told.user.id, told.version, told.active, told.created) == (ana.user.id, 1, True, True)


async def test_accounts_are_found(house):
    assert await house.ask(HasAccounts()) is False
    done = await house.ask(account("ana"), AFAR)
    assert await house.ask(HasAccounts()) is True
    assert (await house.ask(FindAccount(user_id=done.user.id))).username == "ana"
    assert await house.ask(FindAccount(user_id=new_id())) is None


async def test_the_same_id_and_credentials_sign_in_anew(house):
    request = account("ana")
    first, second = await house.ask(request, AFAR), await house.ask(request, AFAR)
    assert second.user == first.user
    assert second.token != first.token
    await house.settled()
    assert len(house.heard(UserChanged)) == 1


async def test_the_same_id_at_the_same_time_makes_one_account(house):
    request = account("ana")
    done = await asyncio.gather(*(house.ask(request, AFAR) for _ in range(5)))
    assert len({signed_in.user.id for signed_in in done}) == 1
    assert len({signed_in.token for signed_in in done}) == 5
    await house.settled()
    assert len(house.heard(UserChanged)) == 1


@pytest.mark.parametrize("other", [{"password": "otra buena taza"}, {"username": "bruno"}])
async def test_the_same_id_with_other_credentials_is_refused(house, ana, other):
    request = account(**({"username": "ana", "user_id": ana.user.id} | other))
    with pytest.raises(WrongCredentials):
        await house.ask(request, AFAR)


async def test_one_of_many_gets_the_username(house):
    results = await asyncio.gather(*(outcome(house, account("ana")) for _ in range(8)))
    refusals = [it for it in results if isinstance(it, UsernameTaken)]
    assert len(refusals) == 7
    await house.settled()
    assert len(house.heard(UserChanged)) == 1


async def test_one_of_many_gets_the_email_address(house):
    requests = [account(f"ana{n}", email="Ana@example.org") for n in range(4)]
    results = await asyncio.gather(*(outcome(house, request) for request in requests))
    refusals = [it for it in results if isinstance(it, Invalid)]
    assert [it.errors[0].code for it in refusals] == ["email_taken"] * 3


@pytest.mark.parametrize("email", ["ana@example.org", "ANA@EXAMPLE.ORG", "ａna@example.org"])
async def test_an_email_address_belongs_to_one_person(house, ana, email):
    with pytest.raises(Invalid) as refused:
        await house.ask(account("bruno", email=email), AFAR)
    [error] = refused.value.errors
    assert (error.field, error.code) == ("email", "email_taken")


@pytest.mark.parametrize("username", ["ana", "Ana", "ANA", "ＡＮＡ", "ⓐna"])
async def test_a_username_is_taken_in_every_spelling(house, ana, username):
    with pytest.raises(UsernameTaken):
        await house.ask(account(username), AFAR)


@pytest.mark.parametrize(
    "username", ["all", "channel", "everyone", "here", "me", "system", "ＡＬＬ"]
)
async def test_words_of_mentions_are_nobodys_name(house, username):
    with pytest.raises(UsernameTaken):
        await house.ask(account(username), AFAR)
    assert await house.ask(HasAccounts()) is False


async def test_a_username_is_never_given_to_someone_else(house, ana):
    await house.ask(UpdateProfile(username="anita"), acting(ana))
    with pytest.raises(UsernameTaken):
        await house.ask(account("ana"), AFAR)
    back = await house.ask(UpdateProfile(username="ana"), acting(ana))
    assert back.user.username == "ana"
    with pytest.raises(UsernameTaken):
        await house.ask(account("anita"), AFAR)


@pytest.mark.parametrize(
    ("password", "code", "params"),
    [
        ("corta", "too_short", {"limit": 8}),
        ("x1" * 129, "too_long", {"limit": 256}),
        ("password", "too_common", {}),
        ("ana-la-buena@example.org", "too_common", {}),
    ],
)
async def test_a_bad_password_is_refused_before_anything_is_stored(house, password, code, params):
    request = account("ana", password=password, email="ana-la-buena@example.org")
    with pytest.raises(Invalid) as refused:
        await house.ask(request, AFAR)
    [error] = refused.value.errors
    assert (error.field, error.code, refused.value.params) == ("password", code, params)
    assert await house.ask(HasAccounts()) is False


async def test_a_time_zone_must_exist(house):
    done = await house.ask(account("ana", time_zone="Europe/Madrid"), AFAR)
    assert done.user.time_zone == "Europe/Madrid"
    with pytest.raises(Invalid) as refused:
        await house.ask(account("bruno", time_zone="Europe/Macondo"), AFAR)
    assert refused.value.errors[0].field == "time_zone"


async def test_a_password_is_the_same_on_every_keyboard(house):
    composed, decomposed = "una canción larga", "una cancio\u0301n larga"
    request = account("ana", password=composed)
    await house.ask(request, AFAR)
    again = await house.ask(request.model_copy(update={"password": decomposed}), AFAR)
    assert again.user.username == "ana"


def test_a_request_does_not_show_its_password():
    assert PASSWORD not in repr(account("ana"))
