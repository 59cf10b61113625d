"""Passwords: typed at a terminal, unseen, or the first line of standard input.

Never an argument: arguments are seen by everyone on the machine.
"""

import sys

import typer

from tertulia.cli.words import word


def ask_password() -> str:
    """The password of who signs in."""
    return _ask("ask.password") if sys.stdin.isatty() else _read_line()


def ask_new_password() -> str:
    """A password to be; at a terminal typed twice, until both are the same."""
    if not sys.stdin.isatty():
        return _read_line()
    while (password := _ask("ask.password")) != _ask("ask.again"):
        typer.echo(word("ask.differ"), err=True)
    return password


def _ask(key: str) -> str:
    return str(typer.prompt(word(key), hide_input=True))


def _read_line() -> str:
    return sys.stdin.readline().rstrip("\r\n")
