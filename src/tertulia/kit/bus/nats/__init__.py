"""NATS: what the processes of one installation say to each other (docs/bus.md, docs/adr/0024)."""

from tertulia.kit.bus.nats.bus import NatsBus
from tertulia.kit.bus.nats.credentials import Credentials
from tertulia.kit.bus.nats.line import NatsLine

__all__ = ["Credentials", "NatsBus", "NatsLine"]
