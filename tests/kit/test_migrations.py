"""Alembic branches, one a service, run by the program."""

import pytest
import sqlalchemy as sa

from tertulia.kit.db.migrations import DatabaseNewer, Migrations
from tertulia.kit.db.sqlite import open_engine

STEP = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before!r}


def upgrade():
    op.create_table("{table}", sa.Column("n", sa.Integer, primary_key=True))
    {more}
"""


@pytest.fixture
def engine(tmp_path):
    engine = open_engine(tmp_path / "test.db")
    yield engine
    engine.dispose()


def branch(folder, service, *tables, more="pass"):
    """Migrations of a service whose steps make one table each; the last one does `more`."""
    versions = folder / service / "versions"
    versions.mkdir(parents=True, exist_ok=True)
    before = None
    for number, table in enumerate(tables, 1):
        revision = f"{service}_{number:04}"
        last = number == len(tables)
        text = STEP.format(
            revision=revision, before=before, table=table, more=more if last else "pass"
        )
        (versions / f"{number:04}_{table}.py").write_text(text, "utf-8")
        before = revision
    return Migrations(service, folder / service)


def tables(engine):
    names = sa.inspect(engine).get_table_names()
    return {name for name in names if not name.startswith("alembic")}


def test_an_empty_database_gets_every_step_in_order(tmp_path, engine):
    migrations = branch(tmp_path, "files", "uploads", "quotas")
    with engine.begin() as connection:
        assert migrations.current(connection) is None
        assert migrations.pending(connection) == ["files_0001", "files_0002"]
        assert migrations.upgrade(connection) == ["files_0001", "files_0002"]
        assert migrations.current(connection) == "files_0002"
    assert tables(engine) == {"uploads", "quotas"}


def test_only_what_is_missing_is_applied(tmp_path, engine):
    with engine.begin() as connection:
        branch(tmp_path, "files", "uploads").upgrade(connection)
    later = branch(tmp_path, "files", "uploads", "quotas")
    with engine.begin() as connection:
        assert later.upgrade(connection) == ["files_0002"]
    with engine.begin() as connection:
        assert later.upgrade(connection) == []


def test_services_have_versions_of_their_own(tmp_path, engine):
    with engine.begin() as connection:
        branch(tmp_path, "files", "uploads").upgrade(connection)
        search = branch(tmp_path, "search", "terms")
        assert search.pending(connection) == ["search_0001"]
        search.upgrade(connection)
    assert {"alembic_version_files", "alembic_version_search"} <= set(
        sa.inspect(engine).get_table_names()
    )


def test_a_step_that_fails_leaves_the_database_as_it_was(tmp_path, engine):
    with engine.begin() as connection:
        branch(tmp_path, "files", "uploads").upgrade(connection)
    broken = branch(tmp_path, "files", "uploads", "quotas", more="raise ZeroDivisionError")
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        broken.upgrade(connection)
    assert tables(engine) == {"uploads"}
    with engine.begin() as connection:
        assert broken.current(connection) == "files_0001"


def test_a_newer_database_is_refused(tmp_path, engine):
    older = branch(tmp_path / "older", "files", "uploads")
    with engine.begin() as connection:
        branch(tmp_path / "newer", "files", "uploads", "quotas").upgrade(connection)
    with engine.begin() as connection:
        for refused in (older.current, older.pending, older.upgrade):
            with pytest.raises(DatabaseNewer, match="files_0002"):
                refused(connection)
