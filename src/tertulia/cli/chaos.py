"""`tertulia chaos`: put the promises to the proof."""

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.chaos.plan import Tally

BROKEN = 1
NOT_RUN = 2
"""What could not be looked at has not passed."""
FOLDER = Path("build/chaos")
SECONDS = 600.0


def chaos(
    *,
    seconds: Annotated[
        float, typer.Option(metavar=word("name.number"), help=word("help.chaos.seconds"), min=0)
    ] = SECONDS,
    full: Annotated[bool, typer.Option("--full", metavar="", help=word("help.chaos.full"))] = False,
    seed: Annotated[
        int, typer.Option(metavar=word("name.number"), help=word("help.chaos.seed"), min=1)
    ] = 1,
    tier: Annotated[
        list[str] | None, typer.Option(metavar=word("name.list"), help=word("help.chaos.tier"))
    ] = None,
    folder: Annotated[
        Path, typer.Option(metavar=word("name.folder"), help=word("help.chaos.folder"))
    ] = FOLDER,
    npm: Annotated[
        Path | None, typer.Option(metavar=word("name.folder"), help=word("help.chaos.npm"))
    ] = None,
    publish: Annotated[
        Path | None, typer.Option(metavar=word("name.folder"), help=word("help.chaos.publish"))
    ] = None,
) -> None:
    """Run the tiers; what they say of themselves is for developers, and English."""
    from tertulia.chaos import report, tiers  # noqa: PLC0415 - see `app`
    from tertulia.chaos.plan import Plan  # noqa: PLC0415

    names = _chosen(tier, tiers.NAMES) or (tiers.NAMES if full else tiers.USUAL)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that what was started is ended
    folder.mkdir(parents=True, exist_ok=True)
    with tiers.opened(names, tiers.Places(folder, npm)) as opened:
        tallies = Plan(seconds, full, seed).carry_out(opened, typer.echo)
    typer.echo(f"\n{report.compose(tallies)}")
    if publish is not None:
        typer.echo(f"written: {report.publish(tallies, publish)}")
    raise typer.Exit(_find_status(tallies))


def _find_status(tallies: "Sequence[Tally]") -> int:
    if any(tally.found for tally in tallies):
        return BROKEN
    return NOT_RUN if any(tally.missing is not None for tally in tallies) else 0


def _chosen(wanted: list[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """In their order; an unknown one ends the command."""
    for name in wanted or ():
        if name not in known:
            typer.echo(
                f"tertulia: {word('chaos.tier', name=name, known=', '.join(known))}", err=True
            )
            raise typer.Exit(2)
    return tuple(name for name in known if name in (wanted or ()))
