import pytest

from tertulia.accounts.contract import RevokeSession, SessionsRevoked
from tertulia.accounts.routes import ROUTES
from tertulia.accounts.sockets import COMMANDS, REACTIONS
from tertulia.accounts.wiring import wire
from tertulia.kernel.ids import new_id
from tertulia.kit.edge import Close
from tests.support.kit import running


def test_the_calls_are_those_of_the_protocol():
    assert {(it.method, it.path, it.request.wire_name, it.status) for it in ROUTES} == {
        ("POST", "/sessions", "accounts.sign_in", 201),
        ("GET", "/sessions", "accounts.list_sessions", 200),
        ("DELETE", "/sessions/{session_id}", "accounts.revoke_session", 204),
        ("GET", "/users/me", "accounts.get_profile", 200),
        ("PATCH", "/users/me", "accounts.update_profile", 200),
    }


def test_only_signing_in_is_public():
    assert [route.request.wire_name for route in ROUTES if route.public] == ["accounts.sign_in"]
    assert [route.cookie for route in ROUTES] == ["set", None, "clear", None, None]


def test_the_commands_are_those_of_the_protocol():
    assert {command.wire_name for command in COMMANDS} == {
        "accounts.list_sessions",
        "accounts.revoke_session",
        "accounts.get_profile",
        "accounts.update_profile",
    }


def test_a_revoked_session_closes_its_connections_for_good():
    [close] = REACTIONS
    assert isinstance(close, Close)
    ids = [new_id(), new_id()]
    event = SessionsRevoked(user_id=new_id(), session_ids=ids)
    assert close.rooms(event) == [f"session:{session_id}" for session_id in ids]
    assert (close.code, close.reconnect) == ("session_revoked", False)


async def test_everything_that_is_shown_is_served():
    async with running([wire]) as house:
        [service] = house.house.services
        shown = {route.request for route in ROUTES} | set(COMMANDS)
        assert shown <= set(service.serves)


@pytest.mark.parametrize("session_id", ["", "mine", "CURRENT", "*", None, 7, ["all"]])
def test_a_session_is_named_by_id_current_or_all(session_id):
    with pytest.raises(ValueError, match="session_id"):
        RevokeSession.model_validate({"session_id": session_id}, strict=True)
