"""What is on the wire: the commands, events, routes and errors that the services declare."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, get_args, get_origin

from tertulia.kernel.errors import AppError, Conflict
from tertulia.kernel.messages import Event, Request
from tertulia.kit.edge import Broadcast, Close, Enter, Leave, Reaction, Route
from tertulia.runtime.services import edges


@dataclass(frozen=True)
class SocketEvent:
    """An event that clients hear: its name and the reaction that says who hears what."""

    name: str
    reaction: Broadcast | Enter | Leave

    @property
    def event(self) -> type[Event]:
        """The fact behind it."""
        return self.reaction.on


def contract_modules(service: str) -> Iterator[ModuleType]:
    """The contract of a service, whether it is a file or a package."""
    contract = import_module(f"tertulia.{service}.contract")
    if not hasattr(contract, "__path__"):
        yield contract
        return
    for path in contract.__path__:
        for file in sorted(Path(path).glob("[a-z]*.py")):
            yield import_module(f"{contract.__name__}.{file.stem}")


def commands() -> list[type[Request[Any]]]:
    """Every command of the socket, in the order of the services and of their `sockets.py`."""
    return [command for edge in edges() for command in edge.commands]


def routes() -> list[Route]:
    """Every declared HTTP call."""
    return [route for edge in edges() for route in edge.routes]


def reactions() -> list[Reaction]:
    """What the gateway does on each event, in order."""
    return [reaction for edge in edges() for reaction in edge.reactions]


def socket_events() -> dict[str, SocketEvent]:
    """The events that clients hear, by name."""
    heard: dict[str, SocketEvent] = {}
    for reaction in reactions():
        if isinstance(reaction, Close):
            continue
        name = reaction.name or (reaction.on.wire_name if isinstance(reaction, Broadcast) else None)
        if name is not None:
            heard.setdefault(name, SocketEvent(name, reaction))
    return heard


def literals() -> dict[tuple[str, ...], str]:
    """The names that contracts give to sets of words: `("team", …)` → `SpaceKind`."""
    modules = [import_module("tertulia.kernel.actor")]
    modules += [module for edge in edges() for module in contract_modules(edge.service)]
    return {
        get_args(value): name
        for module in modules
        for name, value in vars(module).items()
        if get_origin(value) is Literal and len(get_args(value)) > 1
    }


def errors() -> list[type[AppError]]:
    """Every error class that a client may meet, by code; `Conflict` only has others below it."""
    import_module("tertulia.gateway.gateway")
    return [kind for _, kind in sorted(AppError.by_code.items()) if kind is not Conflict]
