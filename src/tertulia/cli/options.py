"""The arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from tertulia.cli.words import word

Data = Annotated[Path | None, typer.Option(metavar=word("name.folder"), help=word("help.data"))]
Config = Annotated[Path | None, typer.Option(metavar=word("name.file"), help=word("help.config"))]
Conversation = Annotated[
    str, typer.Argument(metavar=word("name.conversation"), help=word("help.conversation"))
]
