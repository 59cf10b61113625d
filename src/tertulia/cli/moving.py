"""`tertulia move`."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly
from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.kernel.clock import Clock
    from tertulia.runtime.moving.side import Source, Target

SCHEMES = ("postgresql://", "postgres://")
Place = Annotated[str | None, typer.Option(metavar=word("name.place"), help=word("help.move.to"))]


def move(
    *,
    to: Place = None,
    source: Annotated[
        str | None,
        typer.Option("--from", metavar=word("name.place"), help=word("help.move.from")),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", metavar="", help=word("help.move.undo"))] = False,
    data: Data = None,
    config: Config = None,
) -> None:
    """Carry all data to PostgreSQL or back, or let data that has moved away be used again."""
    from tertulia.kernel.clock import SystemClock  # noqa: PLC0415 - see `app`
    from tertulia.kit.log import configure_logging  # noqa: PLC0415
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if undo == (to is not None):
        typer.echo(f"tertulia: {word('move.which')}", err=True)
        raise typer.Exit(2)
    with told_plainly():
        settings = read_configuration({"data": data, "config": config}).settings
        configure_logging("warning", settings.log_format)
        here = source or str(settings.data)
        if to is None:
            _undo(here)
        else:
            _move(here, to, settings.data, SystemClock())


def _move(here: str, there: str, data: Path, clock: "Clock") -> None:
    from tertulia.runtime.moving.move import move as carry  # noqa: PLC0415
    from tertulia.runtime.moving.receipt import keep  # noqa: PLC0415

    receipt = carry(_source(here), _target(there, clock), clock)
    file = keep(receipt, data if _is_database(there) else Path(there))
    for name, facts in receipt.tables.items():
        typer.echo(f"{name}  {facts.rows}  {facts.sha256}")
    typer.echo(word("move.done", rows=receipt.rows, tables=len(receipt.tables), file=file))
    typer.echo(word(_next(there), target=receipt.target))


def _next(there: str) -> str:
    return "move.to_database" if _is_database(there) else "move.to_folder"


def _undo(here: str) -> None:
    from tertulia.runtime.data import DataFolder  # noqa: PLC0415
    from tertulia.runtime.moving import postgres, sqlite  # noqa: PLC0415

    if _is_database(here):
        postgres.undo(here)
    else:
        sqlite.undo(DataFolder(Path(here)))
    typer.echo(word("move.undone"))


def _source(place: str) -> "Source":
    from tertulia.runtime.data import DataFolder  # noqa: PLC0415
    from tertulia.runtime.moving.postgres import PostgresSource  # noqa: PLC0415
    from tertulia.runtime.moving.sqlite import SqliteSource  # noqa: PLC0415

    return PostgresSource(place) if _is_database(place) else SqliteSource(DataFolder(Path(place)))


def _target(place: str, clock: "Clock") -> "Target":
    from tertulia.runtime.data import DataFolder  # noqa: PLC0415
    from tertulia.runtime.moving.postgres import PostgresTarget  # noqa: PLC0415
    from tertulia.runtime.moving.sqlite import SqliteTarget  # noqa: PLC0415

    if _is_database(place):
        return PostgresTarget(place)
    return SqliteTarget(DataFolder(Path(place)), clock)


def _is_database(place: str) -> bool:
    return place.startswith(SCHEMES)
