"""`tertulia bench`: measure, beside other servers."""

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.bench.errors import CannotMeasure

FOLDER = Path("build/bench")
MISSING = {
    "compiler": "bench.compiler",
    "node": "bench.node",
    "compiling": "bench.compiling",
    "installing": "bench.installing",
    "benchmark": "bench.benchmark",
    "library": "bench.library",
}


def bench(
    only: Annotated[
        list[str] | None, typer.Argument(metavar=word("name.list"), help=word("help.bench.only"))
    ] = None,
    *,
    full: Annotated[bool, typer.Option("--full", metavar="", help=word("help.bench.full"))] = False,
    folder: Annotated[
        Path, typer.Option(metavar=word("name.folder"), help=word("help.bench.folder"))
    ] = FOLDER,
    publish: Annotated[
        Path | None, typer.Option(metavar=word("name.folder"), help=word("help.bench.publish"))
    ] = None,
    profile: Annotated[
        bool, typer.Option("--profile", metavar="", help=word("help.bench.profile"))
    ] = False,
) -> None:
    """Measure what is asked for; what it says of itself is for developers, and English."""
    from tertulia.bench import profiling, runner  # noqa: PLC0415 - see `app`
    from tertulia.bench.errors import CannotMeasure  # noqa: PLC0415

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is ended
    try:
        if profile:
            profiling.run(folder, _tell)
        else:
            runner.run(runner.Wanted(folder, tuple(only or ()), full, publish), _tell)
    except CannotMeasure as error:
        _end(error)


def _tell(text: str) -> None:
    typer.echo(text)


def _end(error: "CannotMeasure") -> None:
    typer.echo(f"tertulia: {word(MISSING[error.code], **error.params)}", err=True)
    raise typer.Exit(1)
