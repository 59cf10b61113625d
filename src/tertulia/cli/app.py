"""All commands. Those of the server import it when they run, so that the others start at once."""

from typing import Annotated

import typer

from tertulia.cli import (
    admin,
    backups,
    bench,
    chaos,
    cluster,
    fsck,
    inspect,
    listen,
    login,
    moving,
    send,
    serve,
)
from tertulia.cli.usage import Command, Group
from tertulia.cli.words import word

app = typer.Typer(
    name="tertulia",
    cls=Group,
    help=word("help.tertulia"),
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command(cls=Command, help=word("help.serve"))(serve.serve)
app.command(cls=Command, help=word("help.login"))(login.login)
app.command(cls=Command, help=word("help.send"))(send.send)
app.command(cls=Command, help=word("help.listen"))(listen.listen)
app.command(cls=Command, help=word("help.services"))(inspect.services)
app.command(cls=Command, help=word("help.settings"))(inspect.settings)
app.command(cls=Command, help=word("help.migrate"))(inspect.migrate)
app.command(cls=Command, help=word("help.backup"))(backups.backup)
app.command(cls=Command, help=word("help.restore"))(backups.restore)
app.command(cls=Command, help=word("help.move"))(moving.move)
app.command(cls=Command, help=word("help.fsck"))(fsck.fsck)
app.command(cls=Command, help=word("help.cluster"))(cluster.cluster)
app.command(cls=Command, help=word("help.bench"))(bench.bench)
app.command(cls=Command, help=word("help.chaos"))(chaos.chaos)
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
        bool,
        typer.Option(
            "--version", metavar="", callback=_version, is_eager=True, help=word("help.version")
        ),
    ] = False,
) -> None:
    """Serve, unless a command says otherwise."""
    if context.invoked_subcommand is None:
        serve.run()
