"""Which processes a cluster is made of, and the settings that each of them runs by."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GATEWAYS, INSTANCES = 2, 2
"""Processes of the gateway, and of each service that may run more than once."""


@dataclass(frozen=True)
class Part:
    """One process of the product: its name, which is its folder's, and the services that run in it."""

    name: str
    services: tuple[str, ...]

    @property
    def is_gateway(self) -> bool:
        """Whether clients reach it."""
        return "gateway" in self.services


def layout(gateways: int = GATEWAYS, instances: int = INSTANCES) -> list[Part]:
    """Who others need comes first. Presence keeps what it knows in memory, so there is one."""
    counts = {
        "accounts": instances,
        "conversations": instances,
        "presence": 1,
        "personal": instances,
        "gateway": gateways,
    }
    return [
        Part(f"{service}-{number}", (service,))
        for service, count in counts.items()
        for number in range(1, count + 1)
    ]


@dataclass(frozen=True)
class Wiring:
    """What all processes of a cluster have in common."""

    folder: Path
    host: str
    port: int
    bus: str
    database: str

    def variables(self, part: Part, health_port: int) -> Mapping[str, str]:
        """The settings of one process. They hold passwords, so they are not arguments."""
        own = {
            "TERTULIA_DATA": str(self.folder / part.name),
            "TERTULIA_SERVICES": ",".join(part.services),
            "TERTULIA_BUS": self.bus,
            "TERTULIA_DATABASE": self.database,
            "TERTULIA_SETUP_CODE": self.setup_code,
            "TERTULIA_HEALTH_PORT": str(health_port),
            "TERTULIA_HOST": self.host,
        }
        if part.is_gateway:
            own |= {"TERTULIA_PORT": str(self.port), "TERTULIA_REUSE_PORT": "on"}
        return own

    @property
    def setup_code(self) -> str:
        """The same for all and every time, as any gateway may be the one that is asked."""
        file = self.folder / "setup-code"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(12), "ascii")
        return file.read_text("ascii")
