"""`tertulia serve`: run the server."""

from typing import Annotated

import typer

from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly


def serve(
    *,
    host: Annotated[str | None, typer.Option(help="The address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="The port to listen on; 0: a free one.")] = None,
    data: Data = None,
    services: Annotated[
        str | None, typer.Option(metavar="LIST", help="Which services run here, with commas.")
    ] = None,
    config: Config = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where people reach it, behind a proxy.")
    ] = None,
    log_level: Annotated[str | None, typer.Option(metavar="LEVEL")] = None,
    log_format: Annotated[str | None, typer.Option(metavar="FORMAT")] = None,
) -> None:
    """Run the server until it is told to stop."""
    run(
        host=host,
        port=port,
        data=data,
        services=services,
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
        run_server(settings, say)


def say(line: str) -> None:
    """A line for the operator, on standard output at once."""
    typer.echo(line)
