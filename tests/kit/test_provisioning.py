"""Schemas and roles on PostgreSQL: a service uses its own and nothing else, and all may start at once."""

import asyncio

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import select

from tertulia.accounts.tables import metadata as accounts
from tertulia.conversations.tables import metadata as conversations
from tertulia.conversations.tables import people
from tertulia.kit.db.postgres.provisioning import CannotProvision, migrate, provision
from tertulia.kit.db.postgres.sessions import open_engine
from tests.support import databases

pytestmark = pytest.mark.split
SERVICES = {"accounts": accounts, "conversations": conversations}


@pytest.fixture(scope="module")
def owner():
    with databases.a_database("provisioned") as url:
        yield url


@pytest.fixture(scope="module")
def urls(owner):
    urls = provision(owner, SERVICES)
    for service, url in urls.items():
        migrate(url, databases.migrations(service))
    return urls


def refusal(url, statement):
    """With what code PostgreSQL refuses a statement."""
    with psycopg.connect(url) as connection, pytest.raises(psycopg.Error) as refused:
        connection.execute(statement)
    return refused.type


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM conversations.conversations_people",
        "SELECT * FROM conversations.conversations_messages",
        "DELETE FROM conversations.conversations_events",
        "CREATE TABLE conversations.mine (n int)",
        "CREATE TABLE public.mine (n int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "SET ROLE provisioned_conversations",
        "COPY accounts.accounts_users TO '/tmp/users'",
    ],
)
def test_a_service_is_denied_what_is_not_its_own(urls, statement):
    denied = psycopg.errors.InsufficientPrivilege
    assert refusal(urls["accounts"], statement) is denied


def test_a_service_may_use_its_own(urls):
    with psycopg.connect(urls["accounts"]) as connection:
        found = connection.execute("SELECT count(*) FROM accounts.accounts_users").fetchone()
    assert found == (0,)


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_lead_to_the_tables(urls, service):
    engine = open_engine(urls[service], service)
    with engine.begin() as connection:
        options = {"version_table": f"alembic_version_{service}", "compare_type": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SERVICES[service]) == []
    engine.dispose()


async def test_several_processes_may_start_at_once():
    def start(owner):
        url = provision(owner, ["accounts"])["accounts"]
        return url, migrate(url, databases.migrations("accounts"))

    with databases.a_database("at_once") as fresh:
        started = await asyncio.gather(*(asyncio.to_thread(start, fresh) for _ in range(4)))
    assert len({url for url, _ in started}) == 1
    assert sorted(applied for _, applied in started) == [[], [], [], ["accounts_0001"]]


def test_roles_of_another_database_are_others(owner, urls):
    assert conninfo_to_dict(urls["accounts"])["user"] == "provisioned_accounts"
    assert conninfo_to_dict(databases.schema("accounts"))["user"] == "tests_accounts"
    elsewhere = make_conninfo(urls["accounts"], dbname="tests")
    engine = open_engine(elsewhere, "accounts")
    with engine.connect() as connection, pytest.raises(Exception, match=r"does not exist|denied"):
        connection.exec_driver_sql("SELECT * FROM accounts.accounts_users")
    engine.dispose()


def test_an_owner_need_not_be_a_superuser():
    with databases.a_database("plainly_owned") as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE ROLE plain LOGIN CREATEROLE PASSWORD 'plain'")
            connection.execute("ALTER DATABASE plainly_owned OWNER TO plain")
        plain = make_conninfo(url, user="plain", password="plain")
        found, again = (provision(plain, ["accounts"])["accounts"] for _ in range(2))
        assert found == again
        assert migrate(found, databases.migrations("accounts")) == ["accounts_0001"]
        assert refusal(found, "CREATE TABLE public.mine (n int)")


def test_without_a_password_none_can_be_made_of_it(owner):
    with pytest.raises(CannotProvision, match="password"):
        provision("postgresql://tertulia@127.0.0.1/tertulia", ["accounts"])


def test_who_may_not_make_roles_is_told(urls):
    with pytest.raises(CannotProvision, match="permission denied"):
        provision(urls["accounts"], ["files"])


def test_names_are_sorted_by_code_points_whatever_the_locale(urls):
    names = ["ñu", "Nu", "nu", "o", "z", "n-b", "nb", "n a"]
    engine = open_engine(urls["conversations"], "conversations")
    rows = [
        {
            "id": name,
            "display_name": name,
            "search_name": name,
            "kind": "person",
            "administrator": False,
            "active": True,
            "version": 1,
        }
        for name in names
    ]
    with engine.connect() as connection, connection.begin() as transaction:
        connection.execute(people.insert(), rows)
        found = connection.scalars(select(people.c.search_name).order_by(people.c.search_name))
        assert list(found) == sorted(names)
        above = select(people.c.id).where(people.c.search_name > "nu")
        assert set(connection.scalars(above)) == {name for name in names if name > "nu"}
        transaction.rollback()
    engine.dispose()
