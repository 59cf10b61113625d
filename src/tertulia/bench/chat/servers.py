"""Synapse, ejabberd and prosody: configured to keep every message, without their limits of rates."""

import asyncio
import hmac
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from tertulia.bench.chat.exchange import Plan
from tertulia.bench.chat.line import Account
from tertulia.bench.chat.xmpp import XmppLine
from tertulia.bench.cores import on_generator_core
from tertulia.bench.errors import CannotMeasure, NoResult
from tertulia.bench.load import checked
from tertulia.bench.measures import Measure, Run, Sample
from tertulia.bench.peers import Crowd, Peer
from tertulia.bench.workshop import Workshop

HERE = Path(__file__).parent
PASSWORD = "una buena taza de té"  # noqa: S105 - of people who live for a minute
SECRET = "bench"  # noqa: S105 - of a server that lives for a minute
DEADLINE_SECONDS = 180
ERLANG = "/usr/lib/*/ejabberd-*/ebin"


@dataclass(frozen=True)
class ChatPeer(Peer):
    """A chat server with a protocol and a configuration of its own."""

    kind: str = ""
    collects: bool = False

    def open_accounts(self, port: int, crowd: Crowd) -> list[Account]:
        """Sign everybody up, in rooms of so many members."""
        raise NotImplementedError

    def exchange(self, workshop: Workshop, run: Run) -> Sample:
        """The report of one run against a fresh server. Raises `NoResult`."""
        folder = workshop.scratch(self.key)
        with self.serving(workshop, folder, run.crowd) as server:
            accounts = self.open_accounts(server.port, run.crowd)
            options: dict[str, Any] = dict(run.options)
            plan = Plan(self.kind, server.port, server.pid, accounts, **options)
            return _carry_out(plan, folder)

    def environment(self) -> dict[str, str]:
        """The variables that it starts with."""
        return {}


def beside(run: Run) -> Measure:
    """The run for servers that speak Socket.IO, and the same exchange for the others."""

    def measure(workshop: Workshop, peer: Peer) -> Sample:
        if isinstance(peer, ChatPeer):
            return peer.exchange(workshop, run)
        return run(workshop, peer)

    return measure


def _carry_out(plan: Plan, folder: Path) -> dict[str, Any]:
    path = folder / "plan.json"
    path.write_text(json.dumps(asdict(plan)), "utf-8")
    command = [sys.executable, "-m", "tertulia.bench.chat.exchange", str(path)]
    with on_generator_core():
        try:
            done = subprocess.run(  # noqa: S603 - our own arguments
                command, capture_output=True, text=True, timeout=DEADLINE_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise NoResult("it does not come to an end") from error
    report = json.loads(done.stdout) if done.returncode == 0 else None
    return checked(report, done.stderr.strip().rpartition("\n")[2], done.returncode)


@dataclass(frozen=True)
class SynapsePeer(ChatPeer):
    """From PyPI, in an environment of its own, on SQLite."""

    kind: str = "matrix"

    def build(self, workshop: Workshop) -> None:
        """Install it, if that can be done here."""
        with suppress(CannotMeasure):
            workshop.install_python("synapse", "matrix-synapse")

    def prepare(self, workshop: Workshop, folder: Path, crowd: Crowd) -> None:
        """Generate its configuration and its keys. Raises `NoResult` where it was not installed."""
        del crowd
        if not Path(workshop.python("synapse")).exists():
            raise NoResult("it could not be installed")
        options = ["--generate-config", "--server-name", "bench", "--report-stats=no"]
        places = ["--config-path", "homeserver.yaml", "--config-directory", str(folder)]
        python = workshop.python("synapse")
        subprocess.run(  # noqa: S603 - our own arguments
            [python, "-m", "synapse.app.homeserver", *places, *options],
            cwd=folder,
            check=True,
            capture_output=True,
        )

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        settings = (HERE / "synapse.yaml").read_text("utf-8").replace("PORT", str(port))
        (folder / "bench.yaml").write_text(settings, "utf-8")
        (folder / "log.yaml").write_text("{version: 1, root: {level: ERROR}}", "utf-8")
        files = ["-c", "homeserver.yaml", "-c", "bench.yaml"]
        return [workshop.python("synapse"), "-m", "synapse.app.homeserver", *files]

    def open_accounts(self, port: int, crowd: Crowd) -> list[Account]:
        """The first of each room makes it; the others join."""
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as client:
            tokens = [_registered(client, f"person{at}") for at in range(crowd.clients)]
            return list(_seated(client, tokens, crowd.members))


def _registered(client: httpx.Client, name: str) -> str:
    """The access token of a new account (Synapse's registration by shared secret)."""
    path = "/_synapse/admin/v1/register"
    nonce = client.get(path).json()["nonce"]
    signed = "\0".join([nonce, name, PASSWORD, "notadmin"]).encode()
    mac = hmac.new(SECRET.encode(), signed, "sha1").hexdigest()
    fields = {"nonce": nonce, "username": name, "password": PASSWORD, "admin": False, "mac": mac}
    return _answer(client.post(path, json=fields))["access_token"]


def _seated(client: httpx.Client, tokens: Sequence[str], members: int) -> Iterator[Account]:
    room = ""
    for at, token in enumerate(tokens):
        headers = {"Authorization": f"Bearer {token}"}
        if at % members == 0:
            made = client.post(
                "/_matrix/client/v3/createRoom", headers=headers, json={"preset": "public_chat"}
            )
            room = _answer(made)["room_id"]
        else:
            _answer(client.post(f"/_matrix/client/v3/join/{room}", headers=headers, json={}))
        yield Account(f"person{at}", token, room)


def _answer(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise NoResult(f"Synapse answers {answer.status_code}: {answer.text}")
    return answer.json()


@dataclass(frozen=True)
class XmppPeer(ChatPeer):
    """With an archive of each room (XEP-0313), in the store that its documentation begins with."""

    kind: str = "xmpp"
    program: str = ""

    def prepare(self, workshop: Workshop, folder: Path, crowd: Crowd) -> None:
        """Raises `NoResult` where it is not installed."""
        del workshop, folder, crowd
        if shutil.which(self.program) is None:
            raise NoResult(f"it is not installed: {self.program} is missing")

    def open_accounts(self, port: int, crowd: Crowd) -> list[Account]:
        """Everybody registers by themselves."""
        accounts = [
            Account(f"person{at}", PASSWORD, f"room{at // crowd.members}")
            for at in range(crowd.clients)
        ]
        asyncio.run(_register(port, accounts))
        return accounts


async def _register(port: int, accounts: Sequence[Account]) -> None:
    for account in accounts:
        try:
            await XmppLine(port, account, lambda _: None).register()
        except ConnectionError as refusal:
            raise NoResult(f"nobody can register: {refusal}") from refusal


@dataclass(frozen=True)
class ProsodyPeer(XmppPeer):
    """Debian's, with its archive in files, which is what it begins with."""

    program: str = "prosody"

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it."""
        del workshop
        settings = (HERE / "prosody.cfg.lua").read_text("utf-8")
        (folder / "prosody.cfg.lua").write_text(
            settings.replace("PORT", str(port)).replace("FOLDER", str(folder)), "utf-8"
        )
        return ["prosody", "--config", str(folder / "prosody.cfg.lua"), "-F"]


@dataclass(frozen=True)
class EjabberdPeer(XmppPeer):
    """Debian's, as one Erlang process that no other node can reach, with its archive in Mnesia."""

    program: str = "ejabberdctl"

    def command(self, workshop: Workshop, port: int, folder: Path) -> list[str]:
        """What starts it: `ejabberdctl` would change the user and leave a daemon behind."""
        del workshop
        settings = (HERE / "ejabberd.yml").read_text("utf-8").replace("PORT", str(port))
        (folder / "ejabberd.yml").write_text(settings, "utf-8")
        beams = next(iter(Path("/").glob(ERLANG.lstrip("/"))), None)
        if beams is None:
            raise NoResult("the compiled files of ejabberd are not where Debian has them")
        return [
            *("erl", "-noinput", "-pa", str(beams), "-mnesia", "dir", f'"{folder / "mnesia"}"'),
            *("-ejabberd", "config", f'"{folder / "ejabberd.yml"}"'),
            *("-ejabberd", "log_path", f'"{folder / "ejabberd.log"}"', "-s", "ejabberd"),
        ]


SYNAPSE = SynapsePeer("synapse", "Synapse")
EJABBERD = EjabberdPeer("ejabberd", "ejabberd")
PROSODY = ProsodyPeer("prosody", "prosody")
