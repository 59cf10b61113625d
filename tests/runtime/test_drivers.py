"""Which drivers go together, and what is refused."""

import psycopg
import pytest
from pydantic import SecretStr

from tertulia.conversations.contract.arriving import GetArrival
from tertulia.runtime.configuration import SettingsWrong, read_configuration
from tertulia.runtime.data import CannotStart
from tertulia.runtime.drivers import NoTables, check_drivers
from tertulia.runtime.instance import opened
from tertulia.runtime.services import NAMES
from tertulia.runtime.settings import Settings
from tests.support import databases

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


def test_a_service_may_have_a_database_of_its_own():
    check_drivers(Settings(bus=NATS, database_accounts=POSTGRESQL), ["accounts"])
    own = {"database_accounts": POSTGRESQL, "setup_code": CODE}
    refused = ("needs_database", {"service": "conversations"})
    assert refusal(["accounts", "conversations"], bus=NATS, **own) == refused
    assert refusal(NAMES, database_accounts=POSTGRESQL) == ("needs_bus", {})


@pytest.mark.split
async def test_tables_are_in_the_database_of_their_service(tmp_path, nats_server):
    with databases.a_database("all") as common, databases.a_database("own") as own:
        settings = Settings(
            data=tmp_path,
            services=("accounts", "conversations"),
            bus=nats_server.url,
            database=common,
            database_accounts=own,
            setup_code=CODE,
        )
        async with opened(settings) as instance:
            assert (await instance.bus.ask(GetArrival())).setup_required
        assert [schemas(url) for url in (common, own)] == [{"conversations"}, {"accounts"}]


def schemas(url):
    """Those of services that a database holds."""
    with psycopg.connect(url) as session:
        found = session.execute("SELECT nspname FROM pg_namespace").fetchall()
    return {name for (name,) in found} & set(NAMES)


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
        ("database_accounts", "sqlite"),
        ("database_accounts", "mysql://owner:secret@host/name"),
    ],
)
def test_a_wrong_address_is_refused_and_not_shown(name, value):
    with pytest.raises(SettingsWrong) as wrong:
        read_configuration({name: value})
    (line,) = wrong.value.lines
    assert line.startswith(f"{name} (--{name.replace('_', '-')}): must be")
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
