"""`tertulia admin`: what only the operator of the machine may do.

Talks to the running server, or does it here when none runs. A password is typed or read from
standard input, never an argument: arguments are seen by everyone on the machine.
"""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly

if TYPE_CHECKING:
    from tertulia.kernel.messages import Request
    from tertulia.runtime.settings import Settings

app = typer.Typer(help="Accounts, from the machine itself.", no_args_is_help=True)


@app.command()
def create_user(
    username: str,
    *,
    display_name: Annotated[
        str | None, typer.Option(help="How others see them; the username unless given.")
    ] = None,
    email: str | None = None,
    administrator: Annotated[bool, typer.Option("--administrator")] = False,
    role: Annotated[str | None, typer.Option(help="In the first space.")] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make a person; the password is asked for, or read from standard input."""
    from tertulia.conversations.contract.arriving import CreateUser  # noqa: PLC0415 - see `app`

    fields = {
        "username": username,
        "display_name": display_name or username,
        "password": read_password(),
        "email": email,
        "administrator": administrator,
        "role": role,
    }
    created = _ask(CreateUser, fields, data=data, config=config)
    typer.echo(f"@{created.user.username} is there now")


@app.command()
def reset_password(username: str, data: Data = None, config: Config = None) -> None:
    """Set a person's password and end all their sessions."""
    from tertulia.accounts.contract import ResetPassword  # noqa: PLC0415 - see `app`

    fields = {"username": username, "password": read_password()}
    _ask(ResetPassword, fields, data=data, config=config)
    typer.echo(f"@{username} has a new password; their sessions have ended")


def read_password() -> str:
    """A password typed twice at a terminal, or the first line of standard input."""
    if sys.stdin.isatty():
        return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\r\n")


def _ask(kind: "type[Request[Any]]", fields: dict[str, Any], **flags: Any) -> Any:
    import json  # noqa: PLC0415 - see `app`

    from tertulia.kit.log import configure_logging  # noqa: PLC0415
    from tertulia.runtime.admin import build_request  # noqa: PLC0415
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415

    with told_plainly():
        settings = read_configuration(flags).settings
        configure_logging("warning", settings.log_format)
        return _answer(settings, build_request(kind, json.dumps(fields), settings.limits))


def _answer(settings: "Settings", request: "Request[Any]") -> Any:
    import asyncio  # noqa: PLC0415 - see `app`

    from tertulia.runtime.admin import ask_running  # noqa: PLC0415
    from tertulia.runtime.data import DataFolder  # noqa: PLC0415

    try:
        return ask_running(DataFolder(settings.data).admin_socket, request, settings.limits)
    except (FileNotFoundError, ConnectionRefusedError):
        return asyncio.run(_ask_here(settings, request))


async def _ask_here(settings: "Settings", request: "Request[Any]") -> Any:
    from tertulia.runtime.instance import opened  # noqa: PLC0415 - see `app`

    async with opened(settings, services=("accounts", "conversations")) as instance:
        return await instance.bus.ask(request)
