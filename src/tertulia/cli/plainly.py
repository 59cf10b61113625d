"""What went wrong, in a line: no traceback for what a person can mend."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from tertulia.kernel.errors import AppError


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what an operator can mend into lines on standard error and an exit status.

    2 for wrong settings or arguments, else 1.
    """
    from tertulia.runtime.configuration import SettingsWrong  # noqa: PLC0415 - see `app`
    from tertulia.runtime.data import CannotStart  # noqa: PLC0415

    try:
        yield
    except SettingsWrong as error:
        _end(2, *error.lines)
    except CannotStart as error:
        _end(1, str(error))
    except AppError as error:
        fields = (f"{wrong.field}: {wrong.detail}" for wrong in error.errors)
        _end(2 if error.status < 500 else 1, *(fields if error.errors else [error.detail]))


def _end(status: int, *lines: str) -> None:
    for line in lines:
        typer.echo(f"tertulia: {line}", err=True)
    raise typer.Exit(status)
