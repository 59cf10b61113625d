"""Who asks: the person, guest or part of the system on whose behalf a message travels."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

UserKind = Literal["person", "bot", "guest", "visitor", "deleted"]


class Actor(BaseModel):
    """The one who asks, as the gateway established it. Handlers decide by it and trust nothing else."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: Literal["person", "bot", "guest", "visitor", "system", "nobody"]
    username: str | None = None
    display_name: str = ""
    avatar_url: str | None = None
    administrator: bool = False
    version: int = 0
    """The version of the profile that the fields above show; a later one wins."""
    session_id: str | None = None
    connection_id: str | None = None
    local: bool = False
    """Whether the request is *local* in the sense of protocol.md."""
    address: str = ""
    """The peer's address, for limits; never stored."""
    origin: str = ""
    """The server's origin as the request addressed it (`https://chat.example.org`), for links."""
    client: str = ""
    """What the peer calls itself (User-Agent), for the list of sessions."""


NOBODY = Actor(id="", kind="nobody")
"""A caller without a credential."""

SYSTEM = Actor(id="", kind="system", administrator=True, local=True)
"""The installation itself: start-up repairs and the operator's terminal."""
