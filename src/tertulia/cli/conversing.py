"""The client behind `send` and `listen`, with its errors in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from tertulia.cli.credentials import load_credentials
from tertulia.client import SyncTertulia, TertuliaError
from tertulia.client.errors import Unauthenticated

REFUSED = 1
TRY_LATER = 69
"""As EX_UNAVAILABLE of sysexits.h: the server is away or busy."""
SIGN_IN = 77
"""As EX_NOPERM of sysexits.h: there is no credential, or a wrong or dead one."""


@contextmanager
def connected() -> Iterator[SyncTertulia]:
    """Be connected as who the credentials say."""
    credentials = load_credentials()
    with refused_plainly(), SyncTertulia(credentials.url, token=credentials.token) as client:
        yield client


@contextmanager
def refused_plainly() -> Iterator[None]:
    """Turn an error of the client into a line on standard error and an exit status."""
    try:
        yield
    except TertuliaError as error:
        hint = " (tertulia login)" if type(error) is Unauthenticated else ""
        fields = "".join(f"; {wrong.field}: {wrong.detail}" for wrong in error.errors)
        typer.echo(f"tertulia: {error.detail}{fields}{hint}", err=True)
        raise typer.Exit(_find_status(error)) from error


def _find_status(error: TertuliaError) -> int:
    if isinstance(error, Unauthenticated):
        return SIGN_IN
    return TRY_LATER if error.retryable else REFUSED
