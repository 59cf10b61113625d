"""The table of services: what there is, and what each needs to be there."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tertulia.kernel.event_log import EventsQuery
from tertulia.kit.db.migrations import Migrations
from tertulia.kit.edge import Edge
from tertulia.kit.service import Kit, Service
from tertulia.kit.upkeep import Upkeep


@dataclass(frozen=True)
class Entry:
    """A service: its name, which is its package, and what has to run with it."""

    name: str
    needs: tuple[str, ...] = ()
    follows: tuple[str, ...] = ()
    """Those on whose events it reacts durably: they keep them until it has passed them."""


GATEWAY = "gateway"
"""The edge. It owns no table and serves nobody but clients."""

SETTING_UP = ("conversations", GATEWAY)
"""Who asks for the set-up code, and who shows it."""

TABLE: tuple[Entry, ...] = (
    Entry("accounts"),
    Entry("conversations", needs=("accounts",), follows=("accounts",)),
    Entry("presence", needs=("conversations",)),
    Entry("personal", needs=("accounts", "conversations"), follows=("accounts",)),
    Entry(GATEWAY, needs=("accounts", "conversations")),
)

NAMES: tuple[str, ...] = tuple(entry.name for entry in TABLE)


def missing_needs(names: Collection[str]) -> list[tuple[str, str]]:
    """The pairs `(service, what it needs and is not among the names)`."""
    return [
        (entry.name, need)
        for entry in TABLE
        if entry.name in names
        for need in entry.needs
        if need not in names
    ]


def wirings(names: Collection[str]) -> list[Callable[[Kit], Service]]:
    """`wire` of the services among the names; only theirs is loaded."""
    return [
        import_module(f"tertulia.{name}.wiring").wire
        for name in NAMES
        if name in names and name != GATEWAY
    ]


def followers(service: str) -> list[str]:
    """Who reacts durably on the events of a service."""
    return [entry.name for entry in TABLE if service in entry.follows]


def events_query(service: str) -> type[EventsQuery]:
    """How those who react durably on a service's events ask for them."""
    return import_module(f"tertulia.{service}.contract").ListEvents


def service_of(wire: Callable[[Kit], Service]) -> str:
    """The service that is wired there: it has the name of its package."""
    return wire.__module__.split(".")[1]


def edges() -> list[Edge]:
    """What each service shows at the edge, whether it runs here or elsewhere."""
    return [_edge(name) for name in NAMES if name != GATEWAY]


def migrations(names: Sequence[str] = NAMES) -> list[Migrations]:
    """The migrations of the services among the names that own tables."""
    folders = {name: Path(__file__).parents[1] / name / "migrations" for name in names}
    return [Migrations(name, folder) for name, folder in folders.items() if folder.is_dir()]


def upkeeps(names: Sequence[str] = NAMES) -> list[Upkeep]:
    """How the services among the names that own tables are looked after, the lower ones first."""
    owners = [each.service for each in migrations(names)]
    return [import_module(f"tertulia.{name}.wiring").UPKEEP for name in owners]


def _edge(name: str) -> Edge:
    routes = import_module(f"tertulia.{name}.routes")
    sockets = import_module(f"tertulia.{name}.sockets")
    return Edge(name, routes.ROUTES, sockets.COMMANDS, sockets.REACTIONS)
