"""`tertulia cluster`: everything in many processes on this machine."""

import asyncio
import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.inspect import print_columns
from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.cluster.processes import Cluster

FOLDER = Path("tertulia-cluster")
PORT = 8000
PID = "cluster.pid"


def cluster(
    *,
    folder: Annotated[
        Path, typer.Option(metavar=word("name.folder"), help=word("help.cluster.folder"))
    ] = FOLDER,
    port: Annotated[
        int,
        typer.Option(metavar=word("name.number"), help=word("help.cluster.port"), min=0, max=65535),
    ] = PORT,
    rolling_restart: Annotated[
        bool,
        typer.Option("--rolling-restart", metavar="", help=word("help.cluster.rolling_restart")),
    ] = False,
) -> None:
    """Run it until it is told to stop, or tell one that runs to restart its processes."""
    if rolling_restart:
        _restart(folder)
    else:
        _run(folder, port)


def _run(folder: Path, port: int) -> None:
    from tertulia.cluster import nats_server, postgresql  # noqa: PLC0415 - see `app`
    from tertulia.cluster.layout import layout  # noqa: PLC0415
    from tertulia.cluster.processes import Cluster, run  # noqa: PLC0415
    from tertulia.kit.log import configure_logging  # noqa: PLC0415

    configure_logging("info", "auto")
    whole = Cluster(folder.absolute(), layout(), port=port)
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    (folder / PID).write_text(f"{os.getpid()}\n", "ascii")
    try:
        asyncio.run(run(whole, lambda set_up: _say(whole, set_up=set_up)))
    except (nats_server.CannotRun, postgresql.CannotRun, TimeoutError) as error:
        reason = str(error) or "/readyz"
        typer.echo(f"tertulia: {word('start.cluster', reason=reason)}", err=True)
        raise typer.Exit(1) from error
    finally:
        (folder / PID).unlink(missing_ok=True)


def _restart(folder: Path) -> None:
    with suppress(OSError, ValueError):
        os.kill(int((folder / PID).read_text("ascii")), signal.SIGHUP)
        typer.echo(word("cluster.restarting"))
        return
    typer.echo(f"tertulia: {word('cluster.none', folder=folder)}", err=True)
    raise typer.Exit(1)


def _say(whole: "Cluster", *, set_up: bool) -> None:
    print_columns(("process", "pid", "port", "health"), whole.rows())
    typer.echo(word("cluster.listens", address=whole.url))
    if set_up:
        link = f"{whole.url}/setup?code={whole.setup_code}"
        typer.echo(word("cluster.set_up", link=link))
