"""`tertulia send`: say something."""

import sys
from typing import Annotated

import typer

Conversation = Annotated[
    str, typer.Argument(help="#channel, space/channel, @person or an id; the # may be left out.")
]


def send(
    conversation: Conversation,
    text: Annotated[str, typer.Argument(help="Markdown; - reads standard input.")],
) -> None:
    """Post a message.

    Without `tertulia login` you are a guest, who can talk in the plaza.
    """
    from tertulia.cli.conversing import connected  # noqa: PLC0415 - see `app`

    if text == "-":
        text = sys.stdin.read().removesuffix("\n")
    with connected() as client:
        client.send(conversation, text)
