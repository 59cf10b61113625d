"""The client behind `send` and `listen`, with its errors in a line each."""

import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from tertulia.cli.credentials import load_credentials
from tertulia.cli.unsent import open_outbox, take_refused
from tertulia.cli.wording import word_code, word_error
from tertulia.cli.words import word
from tertulia.client import SyncTertulia, TertuliaError
from tertulia.client.errors import AmbiguousName, Unauthenticated

REFUSED = 1
TRY_LATER = 69
"""As EX_UNAVAILABLE of sysexits.h: the server is away or busy."""
SIGN_IN = 77
"""As EX_NOPERM of sysexits.h: there is no credential, or a wrong or dead one."""


@contextmanager
def connected() -> Iterator[SyncTertulia]:
    """Be connected as who the credentials say, and send what an earlier command could not."""
    credentials = load_credentials()
    with (
        refused_plainly(credentials.url),
        open_outbox(credentials) as outbox,
        SyncTertulia(credentials.url, token=credentials.token, outbox=outbox) as client,
    ):
        yield client
        for refused in take_refused(client):
            reason, text = word_code(refused.refusal or ""), make_printable(refused.message.text)
            typer.echo(word("warn.refused_before", reason=reason, text=text), err=True)


@contextmanager
def refused_plainly(url: str) -> Iterator[None]:
    """Turn an error of a client of that server into lines on standard error and an exit status."""
    try:
        yield
    except TertuliaError as error:
        error.params["url"] = url
        if isinstance(error, AmbiguousName):
            error.params["names"] = ", ".join(error.choices)
        for line in word_error(error):
            typer.echo(f"tertulia: {make_printable(line)}", err=True)
        raise typer.Exit(_find_status(error)) from error


def make_printable(text: str) -> str:
    """Take away what a terminal would obey: a message could otherwise rewrite the screen."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) == "Cc" and c not in "\n\t" else c
        for c in text
    )


def _find_status(error: TertuliaError) -> int:
    if isinstance(error, Unauthenticated):
        return SIGN_IN
    return TRY_LATER if error.retryable else REFUSED
