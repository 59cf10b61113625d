import pytest

from tertulia.accounts.contract import (
    GetProfile,
    ReauthRequired,
    UpdateProfile,
    UserChanged,
    UsernameTaken,
)
from tertulia.kernel.errors import AppError, Invalid, Unauthenticated
from tertulia.kernel.ids import new_id
from tests.accounts.conftest import account, acting, sign_in, whose
from tests.support.kit import AFAR


async def update(house, session, **fields):
    return (await house.ask(UpdateProfile(**fields), acting(session))).user


async def told(house):
    """What was told of changes, creations left out."""
    await house.settled()
    return [event for event in house.heard(UserChanged) if not event.created]


async def test_the_own_profile_shows_what_others_do_not_see(house, ana):
    profile = (await house.ask(GetProfile(), acting(ana))).user
    assert profile == ana.user
    assert set(profile.model_dump()) == {
        *("id", "username", "display_name", "avatar_url", "kind"),
        *("email", "language", "time_zone", "administrator"),
    }


async def test_what_is_given_changes_and_the_rest_stays(house, ana):
    changed = await update(house, ana, display_name="Ana María")
    assert changed == ana.user.model_copy(update={"display_name": "Ana María"})
    assert (await house.ask(GetProfile(), acting(ana))).user == changed
    assert (await whose(house, ana)).version == 2


async def test_a_change_that_others_see_is_told_with_a_rising_version(house, ana):
    await update(house, ana, display_name="Ana María")
    await update(house, ana, username="anita")
    first, second = await told(house)
    assert (first.user.display_name, first.user.username, first.version) == ("Ana María", "ana", 2)
    assert (second.user.username, second.version, second.active) == ("anita", 3, True)


async def test_what_others_do_not_see_is_not_told(house, ana):
    changed = await update(
        house, ana, language="es", time_zone="America/Montevideo", email="ana@example.net"
    )
    assert (changed.language, changed.time_zone) == ("es", "America/Montevideo")
    assert changed.email == "ana@example.net"
    assert not await told(house)
    assert (await whose(house, ana)).version == 1


async def test_what_is_already_so_changes_nothing(house, ana):
    house.clock.forward(minutes=30)
    same = {name: getattr(ana.user, name) for name in UpdateProfile.model_fields}
    assert await update(house, ana, **same) == ana.user
    assert await update(house, ana) == ana.user
    assert not await told(house)


async def test_null_leaves_a_field_as_it_is_and_removes_an_email_address(house, ana):
    fields = dict.fromkeys(UpdateProfile.model_fields)
    changed = await update(house, ana, **fields)
    assert changed == ana.user.model_copy(update={"email": None})
    assert (await house.ask(account("bruno", email="ana@example.org"), AFAR)).user.email


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"username": "bruno"}, UsernameTaken),
        ({"username": "BRUNO"}, UsernameTaken),
        ({"username": "everyone"}, UsernameTaken),
        ({"email": "Bruno@example.org"}, Invalid),
        ({"time_zone": "Nowhere/Land"}, Invalid),
        ({"display_name": "Otra", "username": "bruno"}, UsernameTaken),
    ],
)
async def test_a_refused_change_changes_nothing(house, ana, fields, refusal):
    await house.ask(account("bruno", email="bruno@example.org"), AFAR)
    with pytest.raises(refusal):
        await update(house, ana, **fields)
    assert (await house.ask(GetProfile(), acting(ana))).user == ana.user
    assert not await told(house)


async def test_an_email_address_that_is_taken_is_named(house, ana):
    await house.ask(account("bruno", email="bruno@example.org"), AFAR)
    with pytest.raises(Invalid) as refused:
        await update(house, ana, email="bruno@example.org")
    [error] = refused.value.errors
    assert (error.field, error.code) == ("email", "email_taken")


@pytest.mark.parametrize("email", ["ana@example.net", None])
async def test_another_email_address_needs_a_fresh_sign_in(house, ana, email):
    house.clock.forward(minutes=10)
    with pytest.raises(ReauthRequired) as refused:
        await update(house, ana, email=email)
    assert (refused.value.status, refused.value.code) == (403, "accounts.reauth_required")
    assert (await update(house, ana, display_name="Ana María")).email == "ana@example.org"
    fresh = await sign_in(house)
    house.clock.forward(minutes=9)
    assert (await update(house, fresh, email=email)).email == email
    with pytest.raises(ReauthRequired):
        await update(house, ana, email="otra@example.net")


async def test_the_fresh_session_must_be_ones_own(house, ana):
    house.clock.forward(minutes=10)
    bruno = await house.ask(account("bruno"), AFAR)
    for session_id in (bruno.session_id, new_id(), None):
        actor = acting(ana).model_copy(update={"session_id": session_id})
        with pytest.raises(ReauthRequired):
            await house.ask(UpdateProfile(email="ana@example.net"), actor)


async def test_who_is_not_there_has_no_profile(house):
    stranger = acting(await house.ask(account("ana"), AFAR)).model_copy(update={"id": new_id()})
    for request in (GetProfile(), UpdateProfile(display_name="Otra")):
        with pytest.raises(Unauthenticated):
            await house.ask(request, stranger)


async def test_two_who_want_one_name_at_once(house, ana):
    bruno = await house.ask(account("bruno"), AFAR)
    results = [await outcome(house, session, username="carla") for session in (ana, bruno)]
    assert sorted(map(str, results)) == ["That username is taken.", "carla"]


async def outcome(house, session, **fields):
    try:
        return (await update(house, session, **fields)).username
    except AppError as refusal:
        return refusal.detail


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", ""),
        ("display_name", "   "),
        ("display_name", "x" * 81),
        ("display_name", "dos\nlíneas"),
        ("display_name", ["Ana"]),
        ("username", "a"),
        ("username", "x" * 33),
        ("username", "ana maría"),
        ("username", "ana\u0000"),
        ("username", "ana\u202e"),
        ("username", {"$ne": ""}),
        ("email", "ana"),
        ("email", ""),
        ("email", "ana@"),
        ("email", "a b@example.org"),
        ("email", "ana@example.org\r\nBcc: all@example.org"),
        ("email", "ana\u0000@example.org"),
        ("email", "\ud800@example.org"),
        ("email", "x" * 250 + "@example.org"),
        ("language", "fr"),
        ("time_zone", "../../etc/passwd\u0000"),
        ("time_zone", "x" * 65),
        ("administrator", True),
        ("kind", "bot"),
        pytest.param("id", new_id(), id="id"),
        ("version", 7),
        ("active", False),
    ],
)
def test_bad_input_is_refused_where_it_comes_in(field, value):
    with pytest.raises(ValueError, match=field):
        UpdateProfile.model_validate({field: value}, strict=True)


def test_names_are_normalised():
    request = UpdateProfile(username="ＡＮＡ", display_name="  Ana Mari\u0301a ")
    assert (request.username, request.display_name) == ("ana", "Ana María")
