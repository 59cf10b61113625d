"""Migrations: each service has its own Alembic branch and its own version table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext, MigrationStep
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection


class DatabaseNewer(Exception):
    """The database was migrated by a later version of the program, which this one cannot read."""

    def __init__(self, service: str, revision: str) -> None:
        """`revision` is one that this program does not know."""
        self.service = service
        self.revision = revision
        super().__init__(f"{service} is at revision {revision}, which this version does not know")


class Migrations:
    """The steps from an empty database to the tables of one service.

    `folder` holds `versions/NNNN_what.py`. All of it happens in the transaction of the connection
    that is given, so a step that fails, or a crash, leaves the database as it was.
    """

    def __init__(self, service: str, folder: Path) -> None:
        self.service = service
        self._scripts = ScriptDirectory(folder)

    def current(self, connection: Connection) -> str | None:
        """The revision of the database; None before the first. Raises `DatabaseNewer`."""
        revision = self._context(connection).get_current_revision()
        if revision is not None and revision not in self._known():
            raise DatabaseNewer(self.service, revision)
        return revision

    def pending(self, connection: Connection) -> list[str]:
        """The revisions that `upgrade` would apply, in order. Raises `DatabaseNewer`."""
        return [script.revision for script in self._ahead(self.current(connection))]

    def upgrade(self, connection: Connection) -> list[str]:
        """Bring the database to the newest revision; what was applied. Raises `DatabaseNewer`."""
        ahead = self._ahead(self.current(connection))
        context = self._context(connection, ahead)
        with Operations.context(context):
            context.run_migrations()
        return [script.revision for script in ahead]

    def _context(self, connection: Connection, ahead: Sequence[Script] = ()) -> MigrationContext:
        def steps(_heads: object, _context: object) -> list[Any]:
            revisions = self._scripts.revision_map
            return [MigrationStep.upgrade_from_script(revisions, script) for script in ahead]

        options = {"version_table": f"alembic_version_{self.service}", "fn": steps}
        return MigrationContext.configure(connection, opts=options)

    def _known(self) -> set[str]:
        return {script.revision for script in self._scripts.walk_revisions()}

    def _ahead(self, current: str | None) -> list[Script]:
        newest_first = self._scripts.iterate_revisions("head", current or "base")
        return list(newest_first)[::-1]
