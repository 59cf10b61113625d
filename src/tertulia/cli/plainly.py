"""What went wrong, in a line: no traceback for what a person can mend."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import typer

from tertulia.cli.wording import word_error, word_problem, word_start
from tertulia.kernel.errors import AppError


@contextmanager
def told_plainly(*, otherwise: int = 1) -> Iterator[None]:
    """Turn what an operator can mend into lines on standard error and an exit status.

    2 for wrong settings or arguments, else that of `otherwise`.
    """
    from tertulia.runtime.configuration import SettingsWrong  # noqa: PLC0415 - see `app`
    from tertulia.runtime.data import CannotStart  # noqa: PLC0415

    try:
        yield
    except SettingsWrong as error:
        _end(2, map(word_problem, error.problems))
    except CannotStart as error:
        _end(otherwise, [word_start(error)])
    except AppError as error:
        _end(2 if error.status < 500 else otherwise, word_error(error))


def _end(status: int, lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(f"tertulia: {line}", err=True)
    raise typer.Exit(status)
