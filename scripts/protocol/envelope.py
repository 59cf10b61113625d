"""What no service owns: errors, what a connection is greeted and left with, and the server's card."""

from typing import Any, Literal

from pydantic import Field

from tertulia.accounts.contract import UserView
from tertulia.conversations.contract.arriving import Arrival
from tertulia.conversations.contract.conversations import Head
from tertulia.kernel.ids import Id
from tertulia.kernel.messages import Model


class FieldError(Model):
    """What is wrong with one field: its dotted path, a code, English words."""

    field: str
    code: str
    detail: str


class ErrorBody(Model):
    """What an error says over HTTP and on sockets alike. A part that does not apply is left out."""

    code: str
    status: int
    detail: str
    params: dict[str, Any] = Field(default={})
    errors: list[FieldError] = Field(default=[])
    retryable: bool
    request_id: str


class CommandError(ErrorBody):
    """The error of a command's acknowledgement."""

    retry_after_ms: int = 0


class Problem(ErrorBody):
    """The error of an HTTP call, `application/problem+json` (RFC 9457)."""

    type: Literal["about:blank"]
    title: str


class Refusal(Model):
    """The acknowledgement of a command that was refused."""

    ok: Literal[False]
    error: CommandError


class ServerCard(Model):
    """The server as every connection is told."""

    name: str
    version: str
    protocol: int
    features: list[str]


class ServerInfo(ServerCard, Arrival):
    """`GET /server`: what a client needs to know before anybody signs in."""

    languages: list[str]
    limits: dict[str, float]


class Pace(Model):
    """How a client should wait before it connects again."""

    base_ms: int
    max_ms: int


class Ready(Model):
    """`gateway.ready`: who one is on this connection, and where all one's conversations stand."""

    user: UserView
    session_id: Id | None
    token: str = ""
    """A guest's, with which they are the same guest again."""
    server: ServerCard
    heads: dict[Id, Head]
    reconnect: Pace


class Goodbye(Model):
    """`gateway.goodbye`: the connection is about to be closed."""

    code: Literal["session_revoked", "slow", "going_away", "rate_limited"]
    reconnect: bool
    after_ms: int = 0
