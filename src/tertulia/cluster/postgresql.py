"""A PostgreSQL server in a folder: made, started on a free port of this machine, and ended."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import psycopg
from psycopg import sql

OWNER = "tertulia"
"""The role that may do everything, and the name of its database."""
INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian keeps the programs, a folder a version."""
START_SECONDS = 30.0
STOP_SECONDS = 30.0


class CannotRun(Exception):
    """PostgreSQL is not installed, or did not start: the text says what to do."""


class Postgresql:
    """One server. Everything it needs is in `folder`; what is there already is used again.

    As PostgreSQL does not run as root, it then runs as the user `postgres`, who gets the folder.
    """

    def __init__(self, folder: Path, *, port: int = 0, durable: bool = True) -> None:
        """`port` 0: a free one, found at the first start. Not `durable`: it may not survive a power cut."""
        self.folder = folder
        self._durable = durable
        self._port = port
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the owner, for a database of the same name."""
        return self.url_of(OWNER)

    @property
    def port(self) -> int:
        """Of this machine's loopback; 0 before the first start."""
        return self._port

    @property
    def runs(self) -> bool:
        """Whether it was started and has not died."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Of the postmaster. Raises `CannotRun` where it was not started."""
        if self._process is None:
            raise CannotRun("PostgreSQL was not started")
        return self._process.pid

    def url_of(self, database: str) -> str:
        """Of the owner, for some database."""
        password = self._password_file.read_text("ascii").strip()
        return f"postgresql://{OWNER}:{password}@127.0.0.1:{self._port}/{database}"

    def start(self) -> None:
        """Make what is missing, start, and return when it answers. Raises `CannotRun`."""
        if not self._data.exists():
            self._make()
        self._port = self._port or _free_port()
        with (self.folder / "postgresql.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                [_program("postgres"), *self._options()],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                user=_user(),
                group=_user(),
            )
        self._await()

    def stop(self) -> None:
        """End all sessions and then the server, orderly."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def create_database(self, name: str, locale: str | None = None) -> str:
        """An empty database, sorted as people of an ICU locale would if one is given; the owner's URL."""
        create = sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name))
        if locale is not None:
            create += sql.SQL(" LOCALE_PROVIDER icu ICU_LOCALE {}").format(sql.Literal(locale))
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(create)
        return self.url_of(name)

    def drop_database(self, name: str) -> None:
        """Remove a database, whoever uses it."""
        drop = sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name))
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            connection.execute(drop)

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _password_file(self) -> Path:
        return self.folder / "password"

    def _make(self) -> None:
        """Under another name first, so that a crash leaves nothing that looks whole."""
        initdb = _program("initdb")  # first: with it comes the user
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_hex(24), "ascii")
        if user := _user():
            shutil.chown(self.folder, user, user)
            shutil.chown(self._password_file, user, user)
        unfinished = self.folder / "data.part"
        shutil.rmtree(unfinished, ignore_errors=True)
        made = subprocess.run(  # noqa: S603 - our own arguments
            [
                initdb,
                f"--pgdata={unfinished}",
                f"--username={OWNER}",
                f"--pwfile={self._password_file}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                *([] if self._durable else ["--no-sync"]),
            ],
            capture_output=True,
            check=False,
            cwd=self.folder,
            user=_user(),
            group=_user(),
        )
        if made.returncode != 0:
            raise CannotRun(f"initdb failed: {made.stderr.decode(errors='replace').strip()}")
        unfinished.rename(self._data)

    def _options(self) -> Sequence[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "on" if self._durable else "off",
            "password_encryption": "scram-sha-256",
        }
        said = [f"--{name}={value}" for name, value in settings.items()]
        return ["-D", str(self._data), "-p", str(self._port), *said]

    def _await(self) -> None:
        """Until it answers; its database is there then."""
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                self._ensure_database()
            except psycopg.OperationalError as failure:
                self._check_runs()
                if time.monotonic() > until:
                    self.kill()
                    raise CannotRun(f"PostgreSQL does not answer: {failure}") from failure
                time.sleep(0.05)
            else:
                return

    def _ensure_database(self) -> None:
        with psycopg.connect(self.url_of("postgres"), autocommit=True) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [OWNER])
            if found.fetchone() is not None:
                return
        self.create_database(OWNER)

    def _check_runs(self) -> None:
        if self._process is not None and self._process.poll() is not None:
            log = (self.folder / "postgresql.log").read_text("utf-8", errors="replace")
            raise CannotRun(f"PostgreSQL did not start: {log.strip()[-1000:]}")

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _program(name: str) -> str:
    """Of the newest version that is installed. Raises `CannotRun`."""
    versions = [folder for folder in INSTALLED.glob("*") if (folder / "bin" / name).exists()]
    if versions:
        newest = max(versions, key=lambda folder: float(folder.name))
        return str(newest / "bin" / name)
    found = shutil.which(name)
    if found is None:
        raise CannotRun(
            "PostgreSQL is not installed. On Debian or Ubuntu: apt-get install postgresql"
        )
    return found


def _user() -> str | None:
    return "postgres" if os.geteuid() == 0 else None


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
