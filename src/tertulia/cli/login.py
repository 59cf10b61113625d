"""`tertulia login`: sign in once, for the other client commands."""

from typing import TYPE_CHECKING, Annotated

import typer

from tertulia.cli.asking import ask_password
from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.client.models import SignedIn


def login(
    url: Annotated[
        str | None, typer.Argument(metavar=word("name.url"), help=word("help.login.url"))
    ] = None,
    *,
    user: Annotated[
        str | None, typer.Option(metavar=word("name.login"), help=word("help.login.user"))
    ] = None,
) -> None:
    """Sign in and keep the token, readable by you alone."""
    from tertulia.cli.conversing import refused_plainly  # noqa: PLC0415 - see `app`
    from tertulia.cli.credentials import (  # noqa: PLC0415
        Credentials,
        load_credentials,
        save_credentials,
    )

    url = (url or load_credentials().url).rstrip("/")
    user = user or str(typer.prompt(word("ask.login")))
    with refused_plainly(url):
        signed_in = _sign_in(url, user, ask_password())
    file = save_credentials(Credentials(url, signed_in.token, signed_in.user.id))
    typer.echo(word("done.signed_in", url=url, username=signed_in.user.username, file=file))


def _sign_in(url: str, login: str, password: str) -> "SignedIn":
    from tertulia.client import SyncTertulia  # noqa: PLC0415 - see `app`
    from tertulia.client.errors import TotpRequired  # noqa: PLC0415

    try:
        return SyncTertulia.sign_in(url, login, password)
    except TotpRequired:
        code = typer.prompt(word("ask.code"))
        return SyncTertulia.sign_in(url, login, password, totp=code)
