"""Accounts: who there is, how they look, and how they come in."""

from tertulia.accounts.contract import (
    AlreadySetUp,
    CreateAccount,
    ResetPassword,
    RevokeSession,
    SignIn,
    UpdateProfile,
)
from tertulia.chaos.simulation.town import LOCAL, PASSWORD
from tertulia.chaos.truth.scenarios.spaces import newcomer
from tertulia.chaos.truth.stage import Scenario, Stage
from tertulia.conversations.contract.arriving import CreateUser, Register, SetUp
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.ids import new_id


async def _set_up_again(stage: Stage) -> None:
    request = SetUp(organization="Otra", display_name="Eva", username="eva2", password=PASSWORD)
    await stage.is_refused(stage.asks(request, LOCAL), AlreadySetUp.code)


async def _create_user(stage: Stage) -> None:
    request = CreateUser(username="hugo", display_name="Hugo", password=PASSWORD)
    await stage.asks(request, SYSTEM)


async def _create_account(stage: Stage) -> None:
    request = CreateAccount(
        user_id=new_id(), username="hugo", display_name="Hugo", password=PASSWORD
    )
    await stage.asks(request, SYSTEM)


async def _reset_password(stage: Stage) -> None:
    await stage.asks(ResetPassword(username="eva", password=f"{PASSWORD} frío"), SYSTEM)


async def _sign_in(stage: Stage) -> None:
    await stage.asks(SignIn(login="eva", password=PASSWORD), LOCAL)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(SetUp, "a second time", _set_up_again),
    Scenario(Register, "into a space", lambda s: newcomer(s, s.casa)),
    Scenario(CreateUser, "by the operator", _create_user),
    Scenario(CreateAccount, "of somebody who is nowhere yet", _create_account),
    Scenario(ResetPassword, "of somebody", _reset_password),
    Scenario(SignIn, "of somebody", _sign_in),
    Scenario(
        RevokeSession,
        "one's own",
        lambda s: s.asks(RevokeSession(session_id="current"), s.actor("eva")),
    ),
    Scenario(
        UpdateProfile,
        "name and username of the member",
        lambda s: s.does("bruno", UpdateProfile(display_name="Bruno B.", username="brunob")),
    ),
    Scenario(
        UpdateProfile,
        "the guest's name",
        lambda s: s.does("gema", UpdateProfile(display_name="Gema G.")),
    ),
    Scenario(
        UpdateProfile,
        "somebody else's name",
        lambda s: s.does("eva", UpdateProfile(display_name="Eva E.")),
    ),
)
