"""`tertulia login`: sign in once, for the other client commands."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tertulia.client.models import SignedIn


def login(
    url: Annotated[
        str | None, typer.Argument(metavar="[URL]", help="The server; this machine's if not given.")
    ] = None,
    *,
    user: Annotated[
        str | None, typer.Option(metavar="LOGIN", help="Username or e-mail; asked if not given.")
    ] = None,
) -> None:
    """Sign in and keep the token, readable by you alone.

    The password is asked for, or read from standard input. `TERTULIA_URL` and `TERTULIA_TOKEN` go
    before what is kept.
    """
    from tertulia.cli.conversing import refused_plainly  # noqa: PLC0415 - see `app`
    from tertulia.cli.credentials import (  # noqa: PLC0415
        Credentials,
        load_credentials,
        save_credentials,
    )

    url = (url or load_credentials().url).rstrip("/")
    user = user or str(typer.prompt("Username or e-mail"))
    with refused_plainly():
        signed_in = _sign_in(url, user, _read_password())
    path = save_credentials(Credentials(url, signed_in.token))
    typer.echo(f"Signed in to {url} as @{signed_in.user.username}; the token is in {path}")


def _sign_in(url: str, login: str, password: str) -> "SignedIn":
    from tertulia.client import SyncTertulia  # noqa: PLC0415 - see `app`
    from tertulia.client.errors import TotpRequired  # noqa: PLC0415

    try:
        return SyncTertulia.sign_in(url, login, password)
    except TotpRequired:
        code = typer.prompt("One-time code")
        return SyncTertulia.sign_in(url, login, password, totp=code)


def _read_password() -> str:
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True))
    return sys.stdin.readline().rstrip("\r\n")
