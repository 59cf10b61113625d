"""Set-up and registration, which cross accounts and survive whatever happens on the way."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from pydantic import ValidationError

from tertulia.accounts.contract import (
    AlreadySetUp,
    CreateAccount,
    FindAccount,
    RegistrationClosed,
    SetupCodeWrong,
    SignIn,
    UsernameTaken,
)
from tertulia.accounts.wiring import wire as wire_accounts
from tertulia.conversations.contract.arriving import (
    Arrival,
    CreateUser,
    FirstSpace,
    GetArrival,
    Register,
    SetUp,
)
from tertulia.conversations.contract.conversations import Added, ListConversations
from tertulia.conversations.contract.errors import InviteEnded
from tertulia.conversations.contract.invites import CreateInvite, ListInvites
from tertulia.conversations.contract.spaces import CreateSpace, GetSpace, ListSpaces, SpaceAdded
from tertulia.conversations.wiring import wire
from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import AppError, Forbidden, Invalid, NotFound, RateLimited, Unavailable
from tertulia.kernel.limits import Limits
from tertulia.kit.service import Policy
from tests.support import databases
from tests.support.kit import AFAR, LOCAL, running

PASSWORD = "una contraseña larga"
CODE = "a code"


@asynccontextmanager
async def both(**settings):
    """Accounts and conversations."""
    async with running([wire_accounts, wire], **settings) as house:
        yield house


@pytest.fixture
async def house():
    async with both() as house:
        yield house


def set_up(**fields) -> SetUp:
    given = {"organization": "La Tertulia", "display_name": "Ana", "username": "ana"}
    return SetUp.model_validate({**given, "password": PASSWORD, **fields})


def register(username="bruno", **fields) -> Register:
    given = {"username": username, "display_name": username.title(), "password": PASSWORD}
    return Register.model_validate({**given, **fields})


def actor(done) -> Actor:
    """Who has just come in, as the gateway would say it."""
    user = done.user
    shown = {"username": user.username, "display_name": user.display_name, "version": 1}
    return Actor(id=user.id, kind="person", administrator=user.administrator, **shown)


async def invited(house, owner, **fields) -> str:
    """The code of an invitation to the first space."""
    request = CreateInvite.model_validate({"space_id": owner.space.id, **fields})
    return (await house.ask(request, actor(owner))).invite.code


async def uses(house, owner) -> list[int]:
    listed = await house.ask(ListInvites(space_id=owner.space.id), actor(owner))
    return [invite.uses for invite in listed.items]


async def spaces_of(house, who) -> list[str]:
    return [space.name for space in (await house.ask(ListSpaces(), who)).items]


def breaks(house, request, *, done: bool) -> None:
    """The answers of accounts to a request are lost, after the deed is done or without it."""
    carry_out = house.bus._handlers[request]

    async def handler(asked, who):
        if done:
            await carry_out(asked, who)
        raise Unavailable

    house.bus._handlers[request] = handler


# --- set-up -----------------------------------------------------------------------------------------


async def test_set_up_makes_the_first_owner_a_space_and_its_channel(house):
    done = await house.ask(set_up(language="es", time_zone="America/Montevideo"), LOCAL)
    await house.settled()
    assert done.user.administrator
    assert (done.user.language, done.user.time_zone) == ("es", "America/Montevideo")
    assert (done.space.name, done.space.kind, done.space.role) == ("La Tertulia", "team", "owner")
    assert (done.conversation.name, done.conversation.default) == ("general", True)
    assert done.conversation.role == "owner"
    assert await spaces_of(house, actor(done)) == ["La Tertulia"]
    assert [event.user_ids for event in house.heard(SpaceAdded)] == [[done.user.id]]
    assert [event.conversation_id for event in house.heard(Added)] == [done.conversation.id]


async def test_set_up_may_say_which_space_to_begin_with(house):
    space = FirstSpace(name="3.º B", kind="class")
    done = await house.ask(set_up(space=space), LOCAL)
    assert (done.space.name, done.space.kind, done.space.wall) == ("3.º B", "class", "azafran")


async def test_the_first_owner_founds_further_spaces(house):
    done = await house.ask(set_up(), LOCAL)
    made = await house.ask(CreateSpace(name="Soporte", kind="support"), actor(done))
    assert made.space.role == "owner"


async def test_set_up_happens_once(house):
    await house.ask(set_up(), LOCAL)
    for who in (LOCAL, AFAR):
        with pytest.raises(AlreadySetUp):
            await house.ask(set_up(username="otra", setup_code=CODE), who)


async def test_of_two_set_ups_at_once_one_is_done(house):
    both_ask = [house.ask(set_up(username=name), LOCAL) for name in ("ana", "otra")]
    outcomes = await asyncio.gather(*both_ask, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
    done = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert [type(outcome) for outcome in refused] == [AlreadySetUp]
    assert [outcome.space.member_count for outcome in done] == [1]


@pytest.mark.parametrize("code", [None, "", "wrong", "a code ", "ñandú"])
async def test_set_up_from_afar_needs_the_code(house, code):
    with pytest.raises(SetupCodeWrong):
        await house.ask(set_up(setup_code=code), AFAR)
    assert (await house.ask(set_up(setup_code=CODE), AFAR)).user.username == "ana"


@pytest.mark.parametrize("code", [None, ""])
async def test_without_a_code_there_is_no_set_up_from_afar(code):
    async with both(policy=Policy(setup_code="")) as house:
        with pytest.raises(SetupCodeWrong):
            await house.ask(set_up(setup_code=code), AFAR)


async def test_a_refused_account_leaves_set_up_to_be_done(house):
    with pytest.raises(Invalid):
        await house.ask(set_up(password="corta"), LOCAL)
    assert (await house.ask(GetArrival(), LOCAL)).setup_required
    assert (await house.ask(set_up(), LOCAL)).space.role == "owner"


async def test_names_may_be_as_long_as_the_limits_say():
    async with both(limits=Limits(name=120)) as house:
        long = set_up().model_copy(update={"display_name": "A" * 100, "organization": "T" * 100})
        with pytest.raises(ValidationError):
            set_up(display_name="A" * 100)
        house.bus._recode = False  # which knows the default limits only
        assert len((await house.ask(long, LOCAL)).user.display_name) == 100


async def test_before_set_up_nobody_is_let_in(house):
    before = Arrival(setup_required=True, organization=None, registration="invite", guests=False)
    assert await house.ask(GetArrival(), AFAR) == before
    done = await house.ask(set_up(), LOCAL)
    after = {"setup_required": False, "organization": "La Tertulia"}
    assert await house.ask(GetArrival(), AFAR) == before.model_copy(update=after)
    assert done.space.member_count == 1


@pytest.mark.parametrize(
    ("guests", "local", "afar"), [("on", True, True), ("local", True, False), ("off", False, False)]
)
async def test_whether_the_asker_may_be_a_guest(guests, local, afar):
    async with running([wire], policy=Policy(guests=guests)) as house:
        assert (await house.ask(GetArrival(), LOCAL)).guests is local
        assert (await house.ask(GetArrival(), AFAR)).guests is afar


# --- registration -----------------------------------------------------------------------------------


@pytest.mark.parametrize("registration", ["open", "invite", "closed"])
async def test_nobody_registers_before_set_up(registration):
    async with both(policy=Policy(registration=registration)) as house:
        for request in (register(), register(invite="x")):
            with pytest.raises(RegistrationClosed):
                await house.ask(request, LOCAL)


async def test_by_invitation_one_comes_into_its_space_with_its_role(house):
    owner = await house.ask(set_up(), LOCAL)
    code = await invited(house, owner, role="moderator")
    done = await house.ask(register(invite=code), AFAR)
    assert (done.space.id, done.space.role) == (owner.space.id, "moderator")
    assert not done.user.administrator
    mine = (await house.ask(ListConversations(), actor(done))).items
    assert {conversation.name for conversation in mine} == {"plaza", "general"}
    assert await uses(house, owner) == [1]


async def test_without_an_invitation_registration_is_closed(house):
    await house.ask(set_up(), LOCAL)
    with pytest.raises(RegistrationClosed):
        await house.ask(register(), AFAR)


async def test_where_it_is_open_one_comes_into_the_first_space():
    async with both(policy=Policy(registration="open")) as house:
        owner = await house.ask(set_up(space=FirstSpace(name="3.º B", kind="class")), LOCAL)
        house.clock.forward(seconds=1)
        await house.ask(CreateSpace(name="Aula", kind="team"), actor(owner))
        done = await house.ask(register(), AFAR)
    assert done.space is not None
    assert (done.space.id, done.space.role) == (owner.space.id, "student")


async def test_where_it_is_closed_an_invitation_does_not_help():
    async with both(policy=Policy(registration="closed")) as house:
        owner = await house.ask(set_up(), LOCAL)
        with pytest.raises(RegistrationClosed):
            await house.ask(register(invite=await invited(house, owner)), AFAR)


async def test_an_unknown_invitation_is_not_there(house):
    await house.ask(set_up(), LOCAL)
    with pytest.raises(NotFound):
        await house.ask(register(invite="nadie"), AFAR)


async def test_of_fifty_who_register_by_the_last_use_one_comes_in(house):
    owner = await house.ask(set_up(), LOCAL)
    code = await invited(house, owner, max_uses=1)
    asked = [house.ask(register(f"p{number}", invite=code), AFAR) for number in range(50)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, AppError)]
    assert len(refusals) == 49
    assert {type(refusal) for refusal in refusals} == {InviteEnded}
    seen = await house.ask(GetSpace(space_id=owner.space.id), actor(owner))
    assert seen.space.member_count == 2


@pytest.mark.parametrize(
    ("wrong", "refusal"), [({"username": "ana"}, UsernameTaken), ({"password": "corta"}, Invalid)]
)
async def test_a_refused_account_takes_no_use(house, wrong, refusal):
    owner = await house.ask(set_up(), LOCAL)
    code = await invited(house, owner, max_uses=1)
    with pytest.raises(refusal):
        await house.ask(register(**{"invite": code, **wrong}), AFAR)
    assert (await house.ask(register(invite=code), AFAR)).space.role == "member"


# --- by the operator --------------------------------------------------------------------------------


def created(username="bruno", **fields) -> CreateUser:
    given = {"username": username, "display_name": username.title(), "password": PASSWORD}
    return CreateUser.model_validate({**given, **fields})


async def test_the_operator_brings_people_into_the_first_space(house):
    owner = await house.ask(set_up(), LOCAL)
    done = await house.ask(created(administrator=True, role="admin"), SYSTEM)
    assert (done.space.id, done.space.role) == (owner.space.id, "admin")
    made = await house.ask(CreateSpace(name="Otro", kind="team"), actor(done))
    assert made.space.role == "owner"
    plain = await house.ask(created("carla"), actor(owner))
    assert (plain.space.role, plain.user.administrator) == ("member", False)


async def test_the_operator_may_make_people_before_set_up(house):
    done = await house.ask(created(administrator=True), SYSTEM)
    assert done.space is None
    assert (await house.ask(GetArrival(), LOCAL)).setup_required
    await house.ask(CreateSpace(name="Taller", kind="team"), actor(done))
    assert not (await house.ask(GetArrival(), LOCAL)).setup_required
    with pytest.raises(AlreadySetUp):
        await house.ask(set_up(), LOCAL)


async def test_a_role_of_another_kind_of_space_is_not_valid(house):
    await house.ask(set_up(), LOCAL)
    with pytest.raises(Invalid):
        await house.ask(created(role="student"), SYSTEM)


async def test_nobody_else_makes_people(house):
    owner = await house.ask(set_up(), LOCAL)
    done = await house.ask(register(invite=await invited(house, owner)), AFAR)
    for who in (actor(done), LOCAL, AFAR):
        with pytest.raises(Forbidden):
            await house.ask(created("carla"), who)


async def test_an_address_tries_so_often_a_minute():
    async with both(rate_limits=True, limits=Limits(registrations_per_address=3)) as house:
        for _ in range(3):
            with pytest.raises(SetupCodeWrong):
                await house.ask(set_up(setup_code="wrong"), AFAR)
        with pytest.raises(RateLimited) as refused:
            await house.ask(set_up(setup_code=CODE), AFAR)
        assert refused.value.retry_after == 20
        elsewhere = AFAR.model_copy(update={"address": "203.0.113.8"})
        with pytest.raises(SetupCodeWrong):
            await house.ask(set_up(), elsewhere)
        house.clock.forward(seconds=20)
        assert (await house.ask(set_up(setup_code=CODE), AFAR)).space.role == "owner"


# --- what happens on the way ------------------------------------------------------------------------


async def test_a_lost_answer_of_accounts_loses_nobody(house):
    breaks(house, CreateAccount, done=True)
    with pytest.raises(Unavailable):
        await house.ask(set_up(), LOCAL)
    await house.settled()
    done = await house.ask(SignIn(login="ana", password=PASSWORD), AFAR)
    assert await spaces_of(house, actor(done)) == ["La Tertulia"]
    assert not (await house.ask(GetArrival(), LOCAL)).setup_required
    with pytest.raises(AlreadySetUp):
        await house.ask(set_up(username="otra"), LOCAL)


async def test_what_nobody_is_at_work_on_any_more_is_free_for_the_next(house):
    owner = await house.ask(set_up(), LOCAL)
    code = await invited(house, owner, max_uses=1)
    carry_out = house.bus._handlers[CreateAccount]
    breaks(house, CreateAccount, done=False)
    with pytest.raises(Unavailable):
        await house.ask(register(invite=code), AFAR)
    house.bus._handlers[CreateAccount] = carry_out
    with pytest.raises(InviteEnded):
        await house.ask(register(invite=code), AFAR)
    house.clock.forward(minutes=2)
    assert (await house.ask(register(invite=code), AFAR)).space.role == "member"


async def crash(path, request):
    """The process ends between the reservation and the account; the account that was asked for."""
    asked = []

    async def end(account, _actor):
        asked.append(account)
        raise Unavailable

    async with running([wire], path=path) as house:
        house.bus.serve(CreateAccount, end)
        with pytest.raises(Unavailable):
            await house.ask(request, LOCAL)
    return asked[0]


async def test_a_set_up_that_ended_before_the_account_can_be_done_again(tmp_path):
    path = tmp_path / "tertulia.db"
    await crash(path, set_up())
    async with both(path=path) as house:
        assert (await house.ask(GetArrival(), LOCAL)).setup_required
        assert (await house.ask(set_up(), LOCAL)).space.role == "owner"


async def test_a_set_up_that_ended_after_the_account_is_finished_at_the_next_start(tmp_path):
    path = tmp_path / "tertulia.db"
    account = await crash(path, set_up())
    async with running([wire_accounts], path=path) as house:
        await house.ask(account, LOCAL)
    async with both(path=path) as house:
        assert not (await house.ask(GetArrival(), LOCAL)).setup_required
        done = await house.ask(SignIn(login="ana", password=PASSWORD), AFAR)
        await house.settled()
        ana = actor(done)
        assert ana.id == account.user_id
        assert await spaces_of(house, ana) == ["La Tertulia"]
        names = {each.name for each in (await house.ask(ListConversations(), ana)).items}
        assert names == {"plaza", "general"}
        made = await house.ask(CreateSpace(name="Otro", kind="team"), ana)
        assert made.space.role == "owner"


async def test_a_registration_that_ended_halfway_is_finished_or_given_back(tmp_path):
    path = tmp_path / "tertulia.db"
    async with both(path=path) as house:
        owner = await house.ask(set_up(), LOCAL)
        code = await invited(house, owner, max_uses=2)
    finished = await crash(path, register("bruno", invite=code))
    async with running([wire_accounts], path=path) as house:
        await house.ask(finished, LOCAL)
    # The next start finishes bruno's; of carla's account nothing is known, so the use is free again.
    async with both(path=path) as house:
        assert await uses(house, owner) == [1]
    given_back = await crash(path, register("carla", invite=code))
    async with both(path=path) as house:
        assert await uses(house, owner) == [1]
        assert await house.ask(FindAccount(user_id=given_back.user_id)) is None
        done = await house.ask(SignIn(login="bruno", password=PASSWORD), AFAR)
        assert await spaces_of(house, actor(done)) == ["La Tertulia"]
        await house.ask(register("carla", invite=code), AFAR)
        with pytest.raises(InviteEnded):
            await house.ask(register("diego", invite=code), AFAR)


async def test_a_start_after_a_finished_arrival_changes_nothing(tmp_path):
    path = tmp_path / "tertulia.db"
    async with both(path=path) as house:
        owner = await house.ask(set_up(), LOCAL)
        await house.ask(register(invite=await invited(house, owner)), AFAR)
    async with both(path=path) as house:
        await house.settled()
        general = (await house.ask(ListConversations(), actor(owner))).items[-1]
        assert (general.head, general.member_count) == (1, 2)
        seen = (await house.ask(GetSpace(space_id=owner.space.id), actor(owner))).space
        assert seen.member_count == 2
        assert (await house.ask(GetArrival(), AFAR)).organization == "La Tertulia"


@databases.in_a_file()
async def test_neither_code_nor_password_is_kept(tmp_path):
    path = tmp_path / "tertulia.db"
    asked = await crash(path, set_up(setup_code="a code of its own"))
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert asked.user_id.encode() in stored
    assert PASSWORD.encode() not in stored
    assert b"a code of its own" not in stored
