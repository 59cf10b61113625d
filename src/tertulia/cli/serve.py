"""`tertulia serve`: run the server."""

import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly
from tertulia.cli.words import word


def serve(
    *,
    host: Annotated[
        str | None, typer.Option(metavar=word("name.host"), help=word("help.serve.host"))
    ] = None,
    port: Annotated[
        str | None, typer.Option(metavar=word("name.number"), help=word("help.serve.port"))
    ] = None,
    data: Data = None,
    services: Annotated[
        str | None, typer.Option(metavar=word("name.list"), help=word("help.serve.services"))
    ] = None,
    bus: Annotated[
        str | None, typer.Option(metavar=word("name.url"), help=word("help.serve.bus"))
    ] = None,
    database: Annotated[
        str | None, typer.Option(metavar=word("name.url"), help=word("help.serve.database"))
    ] = None,
    config: Config = None,
    base_url: Annotated[
        str | None, typer.Option(metavar=word("name.url"), help=word("help.serve.base_url"))
    ] = None,
    log_level: Annotated[
        str | None, typer.Option(metavar=word("name.level"), help=word("help.serve.log_level"))
    ] = None,
    log_format: Annotated[
        str | None, typer.Option(metavar=word("name.format"), help=word("help.serve.log_format"))
    ] = None,
) -> None:
    """Run the server until it is told to stop."""
    run(
        host=host,
        port=port,
        data=data,
        services=services,
        bus=bus,
        database=database,
        config=config,
        base_url=base_url,
        log_level=log_level,
        log_format=log_format,
    )


def run(**flags: object) -> None:
    """Serve by the settings that these flags go before."""
    from tertulia.kit.log import configure_logging  # noqa: PLC0415 - see `app`
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415
    from tertulia.runtime.server import serve as run_server  # noqa: PLC0415

    with told_plainly():
        settings = read_configuration(flags).settings
        configure_logging(settings.log_level, settings.log_format)
        run_server(settings, Terminal())


class Terminal:
    """The operator of a server that runs in a terminal, or whose output goes elsewhere."""

    def listens(self, address: str, set_up_at: str | None) -> None:
        """Say where it is; on a terminal apart from the logs, the link to take bold."""
        lines = [word("serve.listens", address=address if set_up_at else _bold(address))]
        if set_up_at:
            lines.append(word("serve.set_up", link=_bold(set_up_at)))
        _say(*lines)

    def runs(self, services: Sequence[str]) -> None:
        """Say which services run."""
        _say(word("serve.runs", services=", ".join(services)))


def _say(*lines: str) -> None:
    """Lines on standard output at once."""
    if sys.stdout.isatty():
        lines = ("", *(f"  {line}" for line in lines), f"  {word('serve.ends')}", "")
    typer.echo("\n".join(lines))


def _bold(text: str) -> str:
    """Bold where the terminal may show it (no-color.org); elsewhere as it is."""
    return text if os.environ.get("NO_COLOR") else typer.style(text, bold=True)
