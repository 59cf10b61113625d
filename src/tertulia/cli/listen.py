"""`tertulia listen`: hear a conversation."""

from contextlib import suppress
from typing import Annotated

import typer

from tertulia.cli.options import Conversation
from tertulia.cli.words import word


def listen(
    conversation: Conversation,
    since: Annotated[
        int | None,
        typer.Option(metavar=word("name.number"), min=0, help=word("help.listen.since")),
    ] = None,
) -> None:
    """Print the messages of a conversation as they come, until Ctrl-C."""
    from tertulia.cli.conversing import connected, make_printable  # noqa: PLC0415 - see `app`

    with suppress(KeyboardInterrupt), connected() as client:
        for message in client.listen(conversation, since=since):
            if message.kind != "system" and not message.deleted_at:
                typer.echo(make_printable(str(message)))
