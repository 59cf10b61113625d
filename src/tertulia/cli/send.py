"""`tertulia send`: say something."""

import sys
from typing import Annotated

import typer

from tertulia.cli.options import Conversation
from tertulia.cli.words import word


def send(
    conversation: Conversation,
    text: Annotated[str, typer.Argument(metavar=word("name.text"), help=word("help.send.text"))],
) -> None:
    """Post a message."""
    from tertulia.cli.conversing import connected  # noqa: PLC0415 - see `app`

    if text == "-":
        text = sys.stdin.read().removesuffix("\n")
    with connected() as client:
        client.send(conversation, text)
        client.flush()
