"""`tertulia admin`: what only the operator of the machine may do.

Talks to the running server, or does it here when none runs.
"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from tertulia.cli.asking import ask_new_password
from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly
from tertulia.cli.usage import Command, Group
from tertulia.cli.words import word

if TYPE_CHECKING:
    from tertulia.kernel.messages import Request
    from tertulia.runtime.settings import Settings

app = typer.Typer(cls=Group, help=word("help.admin"), no_args_is_help=True)


@app.command(cls=Command, help=word("help.create_user"))
def create_user(
    username: Annotated[
        str,
        typer.Argument(metavar=word("name.username"), help=word("help.create_user.username")),
    ],
    *,
    display_name: Annotated[
        str | None,
        typer.Option(metavar=word("name.name"), help=word("help.create_user.display_name")),
    ] = None,
    email: Annotated[
        str | None, typer.Option(metavar=word("name.email"), help=word("help.create_user.email"))
    ] = None,
    administrator: Annotated[
        bool,
        typer.Option("--administrator", metavar="", help=word("help.create_user.administrator")),
    ] = False,
    role: Annotated[
        str | None, typer.Option(metavar=word("name.role"), help=word("help.create_user.role"))
    ] = None,
    data: Data = None,
    config: Config = None,
) -> None:
    """Make a person."""
    from tertulia.conversations.contract.arriving import CreateUser  # noqa: PLC0415 - see `app`

    fields = {
        "username": username,
        "display_name": display_name or username,
        "password": ask_new_password(),
        "email": email,
        "administrator": administrator,
        "role": role,
    }
    created = _ask(CreateUser, fields, data=data, config=config)
    typer.echo(word("done.created", username=created.user.username))


@app.command(cls=Command, help=word("help.reset_password"))
def reset_password(
    username: Annotated[
        str,
        typer.Argument(metavar=word("name.username"), help=word("help.reset_password.username")),
    ],
    data: Data = None,
    config: Config = None,
) -> None:
    """Set a person's password and end all their sessions."""
    from tertulia.accounts.contract import ResetPassword  # noqa: PLC0415 - see `app`

    fields = {"username": username, "password": ask_new_password()}
    _ask(ResetPassword, fields, data=data, config=config)
    typer.echo(word("done.reset", username=username))


def _ask(kind: "type[Request[Any]]", fields: dict[str, Any], **flags: Any) -> Any:
    from tertulia.gateway.validation import validated  # noqa: PLC0415 - see `app`
    from tertulia.kit.log import configure_logging  # noqa: PLC0415
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415

    with told_plainly():
        settings = read_configuration(flags).settings
        configure_logging("warning", settings.log_format)
        return _answer(settings, validated(kind, fields, settings.limits))


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
