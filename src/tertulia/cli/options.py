"""The options that commands of the server share."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path | None, typer.Option(metavar="DIR", help="The folder that holds everything.")]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="A TOML file with settings.")]
