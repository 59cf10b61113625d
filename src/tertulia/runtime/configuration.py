"""Reading the settings: each value with where it comes from, and what is wrong in one line each."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import EnvSettingsSource, SettingsError

from tertulia.kernel.limits import Limits
from tertulia.runtime.data import told_by_system
from tertulia.runtime.settings import Settings, config_file

PREFIX = "TERTULIA_"
OTHER_VARIABLES = frozenset(
    {"TERTULIA_FAILPOINT", "TERTULIA_LANGUAGE", "TERTULIA_TOKEN", "TERTULIA_URL"}
)
"""Read by the commands themselves: where they break on purpose, what they speak, and which server they
are clients of."""
UNKNOWN = "extra_forbidden"
SECRETS = frozenset(
    {"setup_code", "bus", *(name for name in Settings.model_fields if name.startswith("database"))}
)
"""What is wrong with these is told without the value."""
_PASSWORD = re.compile(r"(://[^:@/,]*:)[^@,]*@")
NO_SUCH_SETTING = "there is no such setting"
DEFAULT = "default"
"""The source of what nobody chose."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a setting: English `detail`, and `code` and `params` for who words it."""

    where: str
    """The setting and its source, or the file."""
    code: str
    detail: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.where}: {self.detail}" if self.where else self.detail


class SettingsWrong(Exception):
    """Settings that cannot be obeyed; each line names one, where it stands and why."""

    def __init__(self, *problems: Problem) -> None:
        self.problems = problems
        super().__init__("; ".join(self.lines))

    @property
    def lines(self) -> tuple[str, ...]:
        """The problems in English."""
        return tuple(map(str, self.problems))


@dataclass(frozen=True)
class Configuration:
    """The settings in force, and for each dotted name where its value comes from."""

    settings: Settings
    origins: Mapping[str, str]

    def rows(self) -> Iterator[tuple[str, str, str]]:
        """`(name, value, source)` of every setting; secrets are masked."""
        for name, value in _leaves(dict(self.settings)):
            yield name, shown(value), self.origins.get(name, DEFAULT)


def read_configuration(flags: Mapping[str, Any]) -> Configuration:
    """The settings by flags, variables and file, in this order. Raises `SettingsWrong`."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        origins = _origins(given)
        _refuse_unknown_variables()
        return Configuration(Settings(**given), origins)
    except ValidationError as error:
        raise SettingsWrong(*_problems(error, _origins(given))) from error
    except SettingsError as error:
        raise SettingsWrong(Problem("", "variable", str(error), {"reason": error})) from error
    except FileNotFoundError as error:
        detail = f"there is no {error.filename}"
        raise SettingsWrong(Problem("", "no_file", detail, {"file": error.filename})) from error
    except OSError as error:
        told = told_by_system(error)
        raise SettingsWrong(Problem(str(error.filename), "file", told["reason"], told)) from error


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
        case str():
            return _PASSWORD.sub(r"\1********@", value)
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
        raise SettingsWrong(Problem(str(file), "toml", str(error), {"reason": error})) from error


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
        raise SettingsWrong(*(Problem(name, UNKNOWN, NO_SUCH_SETTING) for name in unknown))


def _problems(error: ValidationError, origins: Mapping[str, str]) -> Iterator[Problem]:
    for found in error.errors(include_url=False):
        name = _name(found["loc"])
        where = f"{name} ({origins.get(name, DEFAULT)})"
        yield Problem(where, found["type"], _reason(name, found), _params(name, found))


def _name(location: tuple[int | str, ...]) -> str:
    depth = 2 if location[0] == "limits" else 1
    return ".".join(str(part) for part in location[:depth])


def _reason(name: str, found: ErrorDetails) -> str:
    if found["type"] == UNKNOWN:
        return NO_SUCH_SETTING
    given = _given(name, found)
    return f"{found['msg']}, got {given}" if given else found["msg"]


def _params(name: str, found: ErrorDetails) -> dict[str, Any]:
    given = None if found["type"] == UNKNOWN else _given(name, found)
    return {**found.get("ctx", {}), **({"given": given} if given else {})}


def _given(name: str, found: ErrorDetails) -> str | None:
    """The value as it was written, unless it is a secret or no single value."""
    given = found["input"]
    shows = name not in SECRETS and isinstance(given, str | int | float)
    return repr(given) if shows else None
