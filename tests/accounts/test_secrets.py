"""Tokens and passwords are in no table, event or log; what is stored of them is worthless."""

import hashlib

import pytest
from sqlalchemy import inspect
from structlog.testing import capture_logs

from tertulia.accounts.contract import (
    ResetPassword,
    RevokeSession,
    UpdateProfile,
    WrongCredentials,
)
from tertulia.accounts.wiring import wire
from tests.accounts.conftest import PASSWORD, account, acting, sign_in
from tests.support.kit import AFAR, running

OTHERS = ("mala taza de barro", "otra buena taza")


@pytest.fixture
async def lived(tmp_path):
    """A database folder after some life, the tokens that were given out, and what was logged."""
    path = tmp_path / "data" / "accounts.db"
    path.parent.mkdir()
    with capture_logs() as logged:
        async with running([wire], path=path, rate_limits=True) as house:
            request = account("ana", email="ana@example.org")
            sessions = [await house.ask(request, AFAR), await house.ask(request, AFAR)]
            sessions += [await sign_in(house)]
            with pytest.raises(WrongCredentials):
                await sign_in(house, password=OTHERS[0])
            await house.ask(UpdateProfile(username="anita"), acting(sessions[0]))
            await house.ask(RevokeSession(session_id="current"), acting(sessions[2]))
            await house.ask(ResetPassword(username="anita", password=OTHERS[1]))
            sessions += [await sign_in(house, "anita", OTHERS[1])]
            await house.settled()
            events = "".join(event.model_dump_json() for event in house.events)
            stored = await dump(house)
    files = b"".join(file.read_bytes() for file in path.parent.iterdir())
    return {"files": files, "stored": stored, "events": events, "logs": repr(logged)}, sessions


async def dump(house):
    """Every row of every table."""

    def rows(connection):
        names = inspect(connection).get_table_names()
        return {
            name: [tuple(row) for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')]
            for name in names
        }

    return await house.database.read(rows)


def test_no_token_and_no_password_is_left_anywhere(lived):
    places, sessions = lived
    secrets = [PASSWORD, *OTHERS, *(session.token for session in sessions)]
    secrets += [session.token.rpartition("session_")[2] for session in sessions]
    for place, content in places.items():
        text = content if isinstance(content, bytes) else repr(content).encode()
        assert not [secret for secret in secrets if secret.encode() in text], place


def test_hashes_are_in_their_tables_only(lived):
    places, sessions = lived
    digests = [hashlib.sha256(session.token.encode()).hexdigest() for session in sessions]
    for name, rows in places["stored"].items():
        has_hash, has_digest = "$argon2" in repr(rows), any(d in repr(rows) for d in digests)
        assert has_hash == (name == "accounts_credentials")
        assert has_digest == (name == "accounts_sessions")
    for place in ("events", "logs"):
        assert "$argon2" not in places[place]
        assert not any(digest in places[place] for digest in digests)


def test_the_log_names_nobody(lived):
    places, _ = lived
    assert "signed_in" in places["logs"]
    for word in ("anita", "ana@example.org", "203.0.113.7", "Firefox"):
        assert word not in places["logs"]


def test_the_address_is_stored_nowhere(lived):
    places, _ = lived
    assert b"203.0.113.7" not in places["files"]
