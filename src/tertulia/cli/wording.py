"""Errors in the reader's language: by their codes and params, never by their English `detail`."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from tertulia.cli.words import find_word, word

if TYPE_CHECKING:
    from tertulia.client import TertuliaError
    from tertulia.kernel.errors import AppError
    from tertulia.runtime.configuration import Problem
    from tertulia.runtime.data import CannotStart


def word_error(error: "AppError | TertuliaError") -> Iterator[str]:
    """A line for each field that is wrong, else one for the error."""
    for wrong in error.errors:
        yield _word_field(wrong.field, wrong.code, error.params)
    if not error.errors:
        said = find_word(f"errors.{error.code}", error.params)
        yield said or word("errors.unknown", code=error.code)


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
