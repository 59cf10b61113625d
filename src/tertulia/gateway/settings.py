"""What an operator decides about the edge."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

from tertulia import __version__
from tertulia.gateway.http.web_app import find_web_app


@dataclass(frozen=True)
class EdgeSettings:
    """The edge's part of the settings. Origins are written as browsers write them."""

    base_url: str | None = None
    """Where people reach the server; a host name of its own, without a path."""
    trusted_proxies: Sequence[IPv4Network | IPv6Network] = ()
    """The peers whose forwarded headers count."""
    allowed_origins: Sequence[str] = ()
    """Other sites whose pages may use this server, with a token."""
    rate_limits: bool = True
    stop_seconds: float = 10
    """A stop is done within these."""
    version: str = __version__
    web_app: Path | None = field(default_factory=find_web_app)
    """The folder of the built web app; none where it is not built."""
