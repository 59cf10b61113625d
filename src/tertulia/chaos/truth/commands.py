"""The commands that the promise is about: every class of every contract, found by looking there."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

from tertulia.chaos.truth.scenarios import SCENARIOS
from tertulia.kernel.messages import Command
from tertulia.runtime.services import GATEWAY, NAMES


def commands() -> set[type[Command[Any]]]:
    """Every `Command` that some service answers."""
    return {
        found
        for name in NAMES
        if name != GATEWAY
        for module in _contract(name)
        for found in vars(module).values()
        if _is_command(found) and found.__module__ == module.__name__
    }


def missing() -> list[str]:
    """The wire names of commands that no scenario carries out."""
    shown = {scenario.command for scenario in SCENARIOS}
    return sorted(command.wire_name for command in commands() - shown)


def _contract(service: str) -> Iterator[ModuleType]:
    package = import_module(f"tertulia.{service}.contract")
    yield package
    for found in pkgutil.walk_packages(getattr(package, "__path__", ()), f"{package.__name__}."):
        yield import_module(found.name)


def _is_command(found: object) -> bool:
    return (
        isinstance(found, type)
        and issubclass(found, Command)
        and not found.__pydantic_generic_metadata__["args"]
    )
