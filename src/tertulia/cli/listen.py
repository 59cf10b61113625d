"""`tertulia listen`: hear a conversation."""

import unicodedata
from contextlib import suppress
from typing import Annotated

import typer

from tertulia.cli.send import Conversation


def listen(
    conversation: Conversation,
    since: Annotated[
        int | None, typer.Option(metavar="SEQ", min=0, help="Also what came after; 0: everything.")
    ] = None,
) -> None:
    """Print the messages of a conversation as they come, until Ctrl-C.

    Without `tertulia login` you are a guest, who hears the plaza.
    """
    from tertulia.cli.conversing import connected  # noqa: PLC0415 - see `app`

    with suppress(KeyboardInterrupt), connected() as client:
        for message in client.listen(conversation, since=since):
            if message.kind != "system" and not message.deleted_at:
                typer.echo(make_printable(str(message)))


def make_printable(text: str) -> str:
    """Take away what a terminal would obey: a message could otherwise rewrite the screen."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if unicodedata.category(c) == "Cc" and c not in "\n\t" else c
        for c in text
    )
