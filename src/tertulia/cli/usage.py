"""Help pages and refused command lines in the reader's language: Typer has them in English only."""

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperCommand, TyperGroup

from tertulia.cli.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence


class Misuse(typer.TyperException):
    """A command line that cannot be obeyed; the message says why."""

    exit_code = 2


class _Helped:
    """What a command and a group of them have in common: their page."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{**settings, "options_metavar": word("name.options")})

    def format_usage(self: Any, ctx: Any, formatter: Any) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))
        formatter.write_usage(ctx.command_path, pieces, prefix=word("help.usage"))

    def get_help_option(self, ctx: Any) -> Any:
        parent: Any = super()
        option = parent.get_help_option(ctx)
        option.help, option.metavar = word("help.help"), ""
        return option

    def format_help(self: Any, ctx: Any, formatter: Any) -> None:
        from typer import rich_utils  # noqa: PLC0415 - slow, and needed for these pages only

        rich_utils.ARGUMENTS_PANEL_TITLE = word("help.arguments")
        rich_utils.OPTIONS_PANEL_TITLE = word("help.options")
        rich_utils.COMMANDS_PANEL_TITLE = word("help.commands")
        rich_utils.REQUIRED_LONG_STRING = word("help.required")
        for parameter in self.params:
            if parameter.param_type_name == "argument":  # a text, as all that is typed
                parameter.display_type = _say_nothing
        parent: Any = super()
        parent.format_help(ctx, formatter)


class Command(_Helped, TyperCommand):
    """A command with its page in the reader's language."""


class Group(_Helped, TyperGroup):
    """Commands below one name, with their page in the reader's language."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **{**settings, "subcommand_metavar": word("name.command")})

    def resolve_command(self, ctx: Any, args: "Sequence[str]") -> Any:
        """Find the command that the first argument names. Raises `Misuse`."""
        name = args[0]
        if name not in self.commands and not name.startswith("-"):
            close = get_close_matches(name, self.commands, n=1)
            raise Misuse(_and_perhaps(word("misuse.command", name=name), close))
        return super().resolve_command(ctx, list(args))


def tell_misuse(misuse: typer.TyperException) -> None:
    """Say on standard error what is wrong with the command line, and where to read more."""
    context = getattr(misuse, "ctx", None)
    command = context.command_path if context else "tertulia"
    if reason := _word_misuse(misuse):
        typer.echo(f"tertulia: {reason}\n{word('misuse.help', command=command)}", err=True)


def _word_misuse(misuse: Any) -> str | None:
    # By name: Typer shows the classes of its own refusals to nobody.
    match type(misuse).__name__:
        case "NoArgsIsHelpError":  # the page itself has been shown
            return None
        case "NoSuchOption":
            line = word("misuse.option", option=misuse.option_name)
            return _and_perhaps(line, misuse.possibilities or ())
        case "MissingParameter":
            return word("misuse.missing", name=_name(misuse.param))
        case "BadParameter":
            return word("misuse.value", name=_name(misuse.param))
        case "BadOptionUsage":
            return word("misuse.option_value", option=misuse.option_name)
        case "UsageError":
            return word("misuse.extra")
        case _:
            return str(misuse.format_message())


def _say_nothing(_: object) -> str:
    return ""


def _and_perhaps(line: str, names: "Sequence[str]") -> str:
    return f"{line} {word('misuse.perhaps', names=', '.join(sorted(names)))}" if names else line


def _name(parameter: Any) -> str:
    """A parameter as it is typed: its option, or what its place is called."""
    return parameter.opts[0] if parameter.param_type_name == "option" else parameter.metavar
