"""The operator's door: private, for a few commands, and the same work without a server."""

import asyncio
import json
import socket
import stat

import pytest

from tertulia.accounts.contract import ResetPassword, SignIn, UsernameTaken, WrongCredentials
from tertulia.conversations.contract.arriving import CreateUser, GetArrival
from tertulia.kernel.actor import NOBODY
from tertulia.kernel.errors import Invalid, NotFound
from tertulia.kernel.limits import Limits
from tertulia.runtime.admin import AdminSocket, ask_running
from tertulia.runtime.services import wirings
from tests.support.kit import running

PASSWORD = "una buena taza de té"


@pytest.fixture
async def house():
    async with running(wirings(["accounts", "conversations"])) as house:
        yield house


@pytest.fixture
async def path(house, tmp_path):
    admin = AdminSocket(tmp_path / "admin.sock", house.bus, house.limits)
    await admin.start()
    yield tmp_path / "admin.sock"
    await admin.stop()


def create(username="ana", password=PASSWORD):
    return CreateUser(username=username, display_name="Ana", password=password)


async def ask(path, request):
    return await asyncio.to_thread(ask_running, path, request, Limits())


async def say(path, *lines):
    """Write raw lines; the answers, as they came."""
    reader, writer = await asyncio.open_unix_connection(path)
    writer.write(b"".join(line + b"\n" for line in lines))
    answers = [json.loads(await reader.readline()) for _ in lines]
    writer.close()
    await writer.wait_closed()
    return answers


def test_it_is_its_owner_s_alone(path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_ISSOCK(path.stat().st_mode)


async def test_a_person_is_made(path, house):
    assert (await ask(path, create())).user.username == "ana"
    signed_in = await house.ask(SignIn(login="ana", password=PASSWORD), NOBODY)
    assert signed_in.user.display_name == "Ana"


async def test_a_password_is_set_anew(path, house):
    await ask(path, create())
    assert await ask(path, ResetPassword(username="ana", password="otra taza de té")) is None
    with pytest.raises(WrongCredentials):
        await house.ask(SignIn(login="ana", password=PASSWORD), NOBODY)
    assert await house.ask(SignIn(login="ana", password="otra taza de té"), NOBODY)


async def test_refusals_come_back_as_they_are(path):
    await ask(path, create())
    with pytest.raises(UsernameTaken):
        await ask(path, create())
    with pytest.raises(NotFound):
        await ask(path, ResetPassword(username="nadie", password=PASSWORD))
    with pytest.raises(Invalid) as refused:
        await ask(path, create("bruno", "corta"))
    assert [wrong.field for wrong in refused.value.errors] == ["password"]


async def test_several_requests_are_answered_in_their_order(path):
    line = json.dumps({"command": GetArrival.wire_name, "arguments": {}}).encode()
    first, second = await say(path, line, line)
    assert first == second
    assert first["result"]["setup_required"] is True


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"hola", 422),
        (b"[]", 422),
        (b"{}", 404),
        (b'{"command": "accounts.create_account", "arguments": {}}', 404),
        (b'{"command": "conversations.create_user", "arguments": {}}', 422),
        (b'{"command": "conversations.create_user", "arguments": {"administrator": "yes"}}', 422),
        (b'{"command": "conversations.get_arrival", "arguments": {"more": 1}}', 422),
        (b'{"command": "conversations.get_arrival", "arguments": 7}', 422),
    ],
)
async def test_what_it_does_not_know_it_refuses(path, line, status):
    (answer,) = await say(path, line)
    assert answer["ok"] is False
    assert answer["error"]["status"] == status


async def test_a_socket_that_a_crash_left_behind_is_replaced(house, tmp_path):
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(tmp_path / "admin.sock"))
    admin = AdminSocket(tmp_path / "admin.sock", house.bus, house.limits)
    await admin.start()
    assert (await ask(tmp_path / "admin.sock", GetArrival())).setup_required
    await admin.stop()
    assert not (tmp_path / "admin.sock").exists()


async def test_where_the_path_is_too_long_the_server_runs_without_it(house, tmp_path, caplog):
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    admin = AdminSocket(folder / "admin.sock", house.bus, house.limits)
    await admin.start()
    assert "no_admin_socket" in caplog.text
    await admin.stop()
