"""Which drivers go together, and what is refused."""

import pytest
from pydantic import SecretStr

from tertulia.runtime.configuration import SettingsWrong, read_configuration
from tertulia.runtime.data import CannotStart
from tertulia.runtime.drivers import NoTables, check_drivers
from tertulia.runtime.services import NAMES
from tertulia.runtime.settings import Settings

NATS = "nats://tertulia:secret@127.0.0.1:4222"
CODE = SecretStr("un código")
POSTGRESQL = "postgresql://owner:secret@127.0.0.1/tertulia"


def refusal(names, **settings):
    with pytest.raises(CannotStart) as refused:
        check_drivers(Settings(**settings), names)
    return refused.value.code, refused.value.params


def test_one_process_needs_all_its_services():
    assert refusal(["gateway"])[0] == "needs"
    check_drivers(Settings(), NAMES)


def test_services_of_other_processes_may_be_missing():
    check_drivers(Settings(bus=NATS, setup_code=CODE), ["gateway"])
    check_drivers(Settings(bus=NATS), ["presence"])
    check_drivers(Settings(bus=NATS, database=POSTGRESQL, setup_code=CODE), ["conversations"])


@pytest.mark.parametrize("service", ["gateway", "conversations"])
def test_who_shows_the_setup_code_and_who_asks_for_it_have_the_same(service):
    code, params = refusal([service], bus=NATS, database=POSTGRESQL)
    assert (code, params) == ("needs_setup_code", {"service": service})
    check_drivers(Settings(bus=NATS, database=POSTGRESQL), ["accounts"])


def test_who_owns_tables_shares_them_where_others_may_answer_too():
    assert refusal(["accounts"], bus=NATS) == ("needs_database", {"service": "accounts"})


def test_nobody_shares_tables_where_others_are_not_heard():
    assert refusal(NAMES, database=POSTGRESQL) == ("needs_bus", {})


async def test_who_owns_no_table_has_no_database():
    with pytest.raises(RuntimeError, match="presence owns no table"):
        await NoTables("presence").read(None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("bus", "redis://host"),
        ("bus", "nats://:4222/secret"),
        ("bus", "nats://a,other"),
        ("database", "mysql://owner:secret@host/name"),
        ("database", "postgresql://owner:secret@host"),
    ],
)
def test_a_wrong_address_is_refused_and_not_shown(name, value):
    with pytest.raises(SettingsWrong) as wrong:
        read_configuration({name: value})
    (line,) = wrong.value.lines
    assert line.startswith(f"{name} (--{name}): must be")
    assert value not in line


def test_passwords_are_masked_where_settings_are_shown():
    servers = f"{NATS},nats://other:word@host:4222"
    shown = {
        name: value
        for name, value, _ in read_configuration({"bus": servers, "database": POSTGRESQL}).rows()
    }
    assert shown["bus"] == "nats://tertulia:********@127.0.0.1:4222,nats://other:********@host:4222"
    assert shown["database"] == "postgresql://owner:********@127.0.0.1/tertulia"
    assert "secret" not in repr(Settings(bus=NATS, database=POSTGRESQL))
