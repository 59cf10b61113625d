"""The edge: HTTP calls, Socket.IO commands and broadcasts, sessions, and the web app. Owns no table."""

from tertulia.gateway.gateway import Gateway
from tertulia.gateway.settings import EdgeSettings

__all__ = ["EdgeSettings", "Gateway"]
