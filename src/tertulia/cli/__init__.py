"""The `tertulia` command. Thin: what it does is done by the runtime or by the client."""

import io
import sys

import typer

from tertulia.cli.app import app
from tertulia.cli.usage import tell_misuse
from tertulia.cli.words import word


def main() -> None:
    """Run the command that the arguments name; alone it serves."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal may know fewer letters than people
            stream.reconfigure(errors="replace")
    try:
        status = app(prog_name="tertulia", standalone_mode=False)
    except typer.TyperException as misuse:
        tell_misuse(misuse)
        status = misuse.exit_code
    except typer.Abort:
        typer.echo(f"\n{word('misuse.stopped')}", err=True)
        status = 130
    sys.exit(status)
