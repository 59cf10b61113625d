"""`tertulia services`, `settings` and `migrate`: what there is, what holds, and bringing it up to date."""

from collections.abc import Sequence

import typer

from tertulia.cli.options import Config, Data
from tertulia.cli.plainly import told_plainly
from tertulia.cli.words import word

WIDEST = 32
"""Characters of a column, so that three of them go beside each other on most terminals."""


def services() -> None:
    """Print the table of services."""
    from tertulia.runtime.services import TABLE  # noqa: PLC0415 - see `app`

    rows = [
        (entry.name, ", ".join(entry.needs) or "–", word(f"service.{entry.name}"))
        for entry in TABLE
    ]
    print_columns(("service", "needs", "purpose"), rows)


def settings(data: Data = None, config: Config = None) -> None:
    """Print every setting with its value and where it comes from."""
    from tertulia.runtime.configuration import DEFAULT, read_configuration  # noqa: PLC0415

    with told_plainly():
        configuration = read_configuration({"data": data, "config": config})
    rows = [
        (name, value, word("source.default") if source == DEFAULT else source)
        for name, value, source in configuration.rows()
    ]
    print_columns(("setting", "value", "source"), rows)


def migrate(data: Data = None, config: Config = None) -> None:
    """Bring the database to this version, after a copy of what is there."""
    from tertulia.kernel.clock import SystemClock  # noqa: PLC0415 - see `app`
    from tertulia.kit.log import configure_logging  # noqa: PLC0415
    from tertulia.runtime.configuration import read_configuration  # noqa: PLC0415
    from tertulia.runtime.data import DataFolder, migrate  # noqa: PLC0415
    from tertulia.runtime.services import migrations  # noqa: PLC0415

    with told_plainly():
        settings = read_configuration({"data": data, "config": config}).settings
        configure_logging("warning", settings.log_format)
        folder = DataFolder(settings.data)
        with folder.locked():
            applied = migrate(folder, migrations(), SystemClock())
    for service, revisions in applied.items():
        typer.echo(f"{service}: {', '.join(revisions) or word('done.up_to_date')}")


def print_columns(heads: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Rows of text below their heads, each column as wide as its widest cell within reason."""
    rows = [tuple(word(f"column.{head}") for head in heads), *rows]
    widths = [min(WIDEST, max(map(len, column))) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
