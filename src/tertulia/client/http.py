"""The calls that need no connection: what a server is, and how one comes in (RFC 9457 errors)."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Generic, TypeVar, cast

import httpx
from pydantic import BaseModel, ValidationError

from tertulia.client.errors import NoTertulia, TertuliaError, Unreachable
from tertulia.client.models import Invitation, Server, SignedIn

M = TypeVar("M", bound=BaseModel)

TIMEOUT_SECONDS = 30.0


def describe_client() -> str:
    """Return what this program calls itself; people see it in their list of sessions."""
    with suppress(PackageNotFoundError):
        return f"tertulia-python/{version('tertulia')}"
    return "tertulia-python"


@dataclass(frozen=True)
class Request(Generic[M]):
    """A call below `/api/v1`, and how to read its answer."""

    method: str
    path: str
    answers: type[M]
    body: Mapping[str, Any] | None = None

    async def send(self, url: str) -> M:
        """Ask the server at `url`, without blocking.

        Raises:
            TertuliaError: The server refused; `Unreachable` if it did not answer.
        """
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as http:
                return self.read(await http.request(**self._arguments(url)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{url} cannot be reached: {error}") from error

    def send_sync(self, url: str) -> M:
        """Ask the server at `url`, and wait. Raises what `send` raises."""
        try:
            with httpx.Client(timeout=TIMEOUT_SECONDS) as http:
                return self.read(http.request(**self._arguments(url)))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(f"{url} cannot be reached: {error}") from error

    def _arguments(self, url: str) -> dict[str, Any]:
        return {
            "method": self.method,
            "url": f"{url.rstrip('/')}/api/v1{self.path}",
            "json": self.body,
            "headers": {"User-Agent": describe_client()},
        }

    def read(self, response: httpx.Response) -> M:
        """Read an answer, or raise the error that it is."""
        try:
            told = response.json()
            if response.is_success:
                return self.answers.model_validate(told)
        except (ValueError, ValidationError):
            told = None
        if not isinstance(told, Mapping) or "code" not in told:
            raise NoTertulia(
                f"{response.url} answered {response.status_code}, and is no Tertulia server",
                status=response.status_code,
            )
        raise _read_problem(response, cast("Mapping[str, Any]", told))


def _read_problem(response: httpx.Response, told: Mapping[str, Any]) -> TertuliaError:
    seconds = response.headers.get("Retry-After", "")
    retry_after_ms = int(seconds) * 1000 if seconds.isdecimal() else None
    return TertuliaError.from_wire(
        {"status": response.status_code, "retry_after_ms": retry_after_ms, **told}
    )


def get_server() -> Request[Server]:
    """What the server is and lets one do."""
    return Request("GET", "/server", Server)


def get_invitation(code: str) -> Request[Invitation]:
    """What an invite leads to."""
    return Request("GET", f"/invites/{code}", Invitation)


def set_up(**fields: Any) -> Request[SignedIn]:
    """Make the first owner, space and channel of an empty server."""
    return Request("POST", "/setup", SignedIn, _given(fields))


def register(**fields: Any) -> Request[SignedIn]:
    """Make an account, by an invite or where registration is open."""
    return Request("POST", "/users", SignedIn, _given(fields))


def sign_in(**fields: Any) -> Request[SignedIn]:
    """Sign in with a login and a password."""
    return Request("POST", "/sessions", SignedIn, _given(fields))


def _given(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
