"""`tertulia backup` and `tertulia restore`."""

import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.fsck import DIFFERS, tell_report
from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly
from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.runtime.manifest import Manifest
    from tertulia.runtime.restore import Restored


def backup(
    target: Annotated[
        Path, typer.Argument(metavar=word("name.folder"), help=word("help.backup.target"))
    ],
    data: Data = None,
    config: Config = None,
) -> None:
    """Copy all data while the server runs."""
    from tertulia.kernel.clock import SystemClock  # noqa: PLC0415 - see `app`
    from tertulia.runtime.backup import take_backup  # noqa: PLC0415
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415

    _end_tidily()
    began = time.monotonic()
    with told_plainly():
        settings = read_configuration({"data": data, "config": config}).settings
        manifest = take_backup(settings.data, target, SystemClock())
    seconds = time.monotonic() - began
    typer.echo(word("backup.done", folder=target, **_shown(manifest, seconds)))


def restore(
    source: Annotated[
        Path, typer.Argument(metavar=word("name.folder"), help=word("help.restore.source"))
    ],
    *,
    verify: Annotated[
        bool, typer.Option("--verify", metavar="", help=word("help.restore.verify"))
    ] = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Restore a backup, or try it out; the exit status is 1 where fsck finds something in it."""
    from tertulia.kernel.clock import SystemClock  # noqa: PLC0415 - see `app`
    from tertulia.kit.log import configure_logging  # noqa: PLC0415
    from tertulia.runtime import restore as restoring  # noqa: PLC0415
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415

    _end_tidily()
    act = restoring.try_restore if verify else restoring.restore
    with told_plainly():
        settings = read_configuration({"data": data, "config": config}).settings
        configure_logging("warning", settings.log_format)
        done = act(source, settings, SystemClock())
    if not done.report.clean:
        tell_report(done.report)
    _tell(done, "restore.tried" if verify else "restore.done")
    raise typer.Exit(0 if done.report.clean else DIFFERS)


def _end_tidily() -> None:
    """SIGTERM ends the command as Ctrl-C does: what is unfinished is removed."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def _tell(done: "Restored", ending: str) -> None:
    typer.echo(word("restore.sessions" if done.sessions_kept else "restore.signed_out"))
    if done.kept is not None:
        typer.echo(word("restore.kept", folder=done.kept))
    moment = f"{done.manifest.created_at:%Y-%m-%d %H:%M:%S} UTC"
    typer.echo(word(ending, moment=moment, **_shown(done.manifest, done.seconds)))


def _shown(manifest: "Manifest", seconds: float) -> dict[str, Any]:
    size = f"{manifest.bytes / 1_000_000:.1f}"
    return {"rows": manifest.rows, "size": size, "seconds": f"{seconds:.1f}"}
