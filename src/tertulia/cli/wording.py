"""Errors in the reader's language: by their codes and params, never by their English `detail`."""

import os
import sqlite3
from collections.abc import Iterator, Mapping
from errno import errorcode
from typing import TYPE_CHECKING, Any

from tertulia.cli.words import find_word, word

if TYPE_CHECKING:
    from tertulia.client import TertuliaError
    from tertulia.kernel.errors import AppError
    from tertulia.runtime.configuration import Problem
    from tertulia.runtime.data import CannotStart

SQLITE = {
    sqlite3.SQLITE_CANTOPEN: "CANTOPEN",
    sqlite3.SQLITE_FULL: "ENOSPC",
    sqlite3.SQLITE_READONLY: "EROFS",
}
"""What SQLite says of the disk, by the names that the words have for it."""


def word_error(error: "AppError | TertuliaError") -> Iterator[str]:
    """A line for each field that is wrong, else one for the error."""
    for wrong in error.errors:
        yield _word_field(wrong.field, wrong.code, error.params)
    if not error.errors:
        yield word_code(error.code, error.params)


def word_code(code: str, params: Mapping[str, Any] | None = None) -> str:
    """What an error's code says, with its params."""
    return find_word(f"errors.{code}", params or {}) or word("errors.unknown", code=code)


def word_disk(error: OSError | sqlite3.Error) -> str:
    """Why a file cannot be used; in English where there is no word for it."""
    if isinstance(error, OSError):
        name = errorcode.get(error.errno or 0, "")
        reason = os.strerror(error.errno) if error.errno else str(error)
    else:
        # The lowest byte is the primary code; errors of the module itself have none.
        name = SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "")
        reason = str(error)
    return find_word(f"system.{name}", {}) or reason


def word_start(error: "CannotStart") -> str:
    """Why a server cannot start."""
    return find_word(f"start.{error.code}", _with_reason(error.params)) or str(error)


def word_problem(problem: "Problem") -> str:
    """What is wrong with a setting."""
    params = _with_reason(problem.params)
    reason = find_word(f"setting.{problem.code}", params) or word("setting.other")
    if not problem.where:
        return reason
    key = "setting.at_given" if "given" in params else "setting.at"
    return word(key, **{**params, "where": problem.where, "reason": reason})


def _word_field(path: str, code: str, params: Mapping[str, Any]) -> str:
    reason = find_word(f"fields.{code}", params) or word("fields.other")
    return word("fields.at", field=find_word(f"field.{path}", {}) or path, reason=reason)


def _with_reason(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """The params with the system's reason in the reader's words, where there are some."""
    said = find_word(f"system.{params.get('errno')}", {})
    return {**params, "reason": said} if said else params
