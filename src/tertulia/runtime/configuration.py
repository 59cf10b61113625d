"""Reading the settings: each value with where it comes from, and what is wrong in one line each."""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource, SettingsError

from tertulia.kernel.limits import Limits
from tertulia.runtime.settings import Settings, config_file

PREFIX = "TERTULIA_"
OTHER_VARIABLES = frozenset({"TERTULIA_TOKEN", "TERTULIA_URL"})
"""Read by the commands that are clients of a server."""


class SettingsWrong(Exception):
    """Settings that cannot be obeyed; each line names one, where it stands and why."""

    def __init__(self, *lines: str) -> None:
        self.lines = lines
        super().__init__("; ".join(lines))


@dataclass(frozen=True)
class Configuration:
    """The settings in force, and for each dotted name where its value comes from."""

    settings: Settings
    origins: Mapping[str, str]

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """`(name, value, source)` of every setting; secrets are masked."""
        for name, value in _leaves(dict(self.settings)):
            yield name, shown(value), self.origins.get(name, "default")


def read_configuration(flags: Mapping[str, Any]) -> Configuration:
    """The settings by flags, variables and file, in this order. Raises `SettingsWrong`."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        origins = _origins(given)
        _refuse_unknown_variables()
        return Configuration(Settings(**given), origins)
    except ValidationError as error:
        raise SettingsWrong(*_lines(error, _origins(given))) from error
    except (SettingsError, OSError) as error:
        raise SettingsWrong(str(error)) from error


def shown(value: object) -> str:
    """A value as an operator would write it."""
    match value:
        case None | () | "":
            return "–"
        case bool():
            return "on" if value else "off"
        case tuple():
            return ", ".join(map(str, value))
        case SecretStr():
            return "********"
        case _:
            return str(value)


def _origins(flags: Mapping[str, Any]) -> dict[str, str]:
    variables = EnvSettingsSource(Settings)()
    file = config_file({**variables, **flags})
    in_file = _toml(file) if file else {}
    found = {name: str(file) for name, _ in _leaves(in_file)}
    found |= {name: _variable(name) for name, _ in _leaves(variables)}
    return found | {name: _flag(name) for name in flags}


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsWrong(f"{file}: {error}") from error


def _leaves(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, BaseModel):
            yield from _leaves(dict(value), f"{prefix}{name}.")
        elif isinstance(value, Mapping):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def _variable(name: str) -> str:
    return PREFIX + name.replace(".", "__").upper()


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def _refuse_unknown_variables() -> None:
    names = {*Settings.model_fields, *(f"limits.{name}" for name in Limits.model_fields)}
    known = {_variable(name) for name in names} | OTHER_VARIABLES
    unknown = sorted(n for n in os.environ if n.startswith(PREFIX) and n not in known)
    if unknown:
        raise SettingsWrong(*(f"{name}: there is no such setting" for name in unknown))


def _lines(error: ValidationError, origins: Mapping[str, str]) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_context=False):
        name = _name(problem["loc"])
        yield f"{name} ({origins.get(name, 'default')}): {_reason(name, problem)}"


def _name(location: tuple[int | str, ...]) -> str:
    depth = 2 if location[0] == "limits" else 1
    return ".".join(str(part) for part in location[:depth])


def _reason(name: str, problem: ErrorDetails) -> str:
    if problem["type"] == "extra_forbidden":
        return "there is no such setting"
    reason = problem["msg"].removeprefix("Value error, ")
    given = problem["input"]
    if name == "setup_code" or not isinstance(given, str | int | float):
        return reason
    return f"{reason}, got {given!r}"
