"""All commands. Those of the server import it when they run, so that the others start at once."""

from typing import Annotated

import typer

from tertulia.cli import admin, inspect, listen, login, send, serve

app = typer.Typer(
    name="tertulia",
    help="The conversation server you can pip install. Alone, the command serves.",
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(serve.serve)
app.command()(login.login)
app.command()(send.send)
app.command()(listen.listen)
app.command()(inspect.services)
app.command()(inspect.settings)
app.command()(inspect.migrate)
app.command()(login.login)
app.command()(send.send)
app.command()(listen.listen)
app.add_typer(admin.app, name="admin")


def _version(wanted: bool) -> None:
    if wanted:
        from tertulia import __version__  # noqa: PLC0415 - reads the distribution's metadata

        typer.echo(__version__)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def alone(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say it and end.")
    ] = False,
) -> None:
    """Serve, unless a command says otherwise."""
    if context.invoked_subcommand is None:
        serve.run()
