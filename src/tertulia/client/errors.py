"""Everything the SDK raises: one tree, on one page.

An error of the server keeps its stable `code`; clients decide by it, never by the English `detail`.
Which class stands for which code is the table at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast


@dataclass(frozen=True)
class FieldError:
    """One field of a request that the server did not accept."""

    field: str
    code: str
    detail: str


class TertuliaError(Exception):
    """A call that did not succeed.

    Attributes:
        code: The stable name of the situation, as in the protocol.
        status: The HTTP status of that code; 0 where the server said nothing.
        detail: What happened, in English, for a developer.
        params: The values that a text for people needs, such as `{"limit": 16000}`.
        errors: The fields that were not accepted, if the code is `invalid`.
        retryable: Whether the same call may succeed later.
        retry_after_ms: The least time to wait before that, in milliseconds, where the server says.
        request_id: The id under which the server logged the call.
    """

    code = "internal"
    status = 0
    retryable = False

    def __init__(
        self,
        detail: str,
        *,
        code: str | None = None,
        status: int | None = None,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
        retryable: bool | None = None,
        retry_after_ms: int | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = self.code if code is None else code
        self.status = self.status if status is None else status
        self.params = dict(params or {})
        self.errors = tuple(errors)
        self.retryable = self.retryable if retryable is None else retryable
        self.retry_after_ms = retry_after_ms
        self.request_id = request_id

    def __str__(self) -> str:
        fields = "; ".join(f"{error.field}: {error.detail}" for error in self.errors)
        return f"{self.detail} [{self.code}]" + (f" ({fields})" if fields else "")

    @classmethod
    def from_wire(cls, error: Mapping[str, Any]) -> "TertuliaError":
        """Read the `error` of an acknowledgement, or a problem document (RFC 9457)."""
        code = str(error.get("code") or "internal")
        status = int(error.get("status") or 0)
        return class_of(code, status)(
            str(error.get("detail") or error.get("title") or code),
            code=code,
            status=status,
            params=error.get("params"),
            errors=[_field_error(each) for each in error.get("errors") or ()],
            retryable=error.get("retryable"),
            retry_after_ms=error.get("retry_after_ms"),
            request_id=error.get("request_id"),
        )


class Invalid(TertuliaError):
    """The request is malformed or its values are wrong; `errors` names each field."""

    code = "invalid"


class Unauthenticated(TertuliaError):
    """There is no credential, or it is a dead one."""

    code = "unauthenticated"
    status = 401


class SessionEnded(Unauthenticated):
    """The server ended this session for good: revoked, signed out, or the account is closed."""

    code = "session_revoked"


class WrongCredentials(Unauthenticated):
    """No account has this login and this password."""

    code = "accounts.wrong_credentials"


class TotpRequired(Unauthenticated):
    """The account asks for a one-time code beside the password."""

    code = "accounts.totp_required"


class Forbidden(TertuliaError):
    """It is there and you may not do that."""

    code = "forbidden"
    status = 403


class NotFound(TertuliaError):
    """It is not there, or you may not see it: the server never says which."""

    code = "not_found"
    status = 404


class UnknownName(NotFound):
    """No conversation or person of yours has this name."""

    code = "unknown_name"

    def __init__(self, detail: str, name: str) -> None:
        super().__init__(detail, params={"name": name})


class UnknownPerson(UnknownName):
    """Nobody who shares a space with you has this username."""

    code = "unknown_person"


class AmbiguousName(TertuliaError):
    """Several conversations of yours have this name; `choices` tells them apart."""

    code = "ambiguous_name"

    def __init__(self, detail: str, name: str, choices: Sequence[str]) -> None:
        super().__init__(detail, params={"name": name, "choices": list(choices)})
        self.choices = tuple(choices)


class Conflict(TertuliaError):
    """It does not fit what is already there."""

    status = 409


class IdInUse(Conflict):
    """This id already names something else."""

    code = "conversations.id_in_use"


class ResyncNeeded(Conflict):
    """The position does not belong to the conversation's present history."""

    code = "conversations.resync"


class Gone(TertuliaError):
    """It was there and has ended."""

    status = 410


class TooLarge(TertuliaError):
    """A body, a file or a frame is over the limit."""

    code = "too_large"
    status = 413


class RateLimited(TertuliaError):
    """Too many calls; `retry_after_ms` says when the next one is welcome."""

    code = "rate_limited"
    status = 429
    retryable = True


class ServerError(TertuliaError):
    """The server could not do it now; where the outcome is unknown, ask again with the same id."""

    status = 500
    retryable = True


class TimedOut(ServerError):
    """No answer came in time: the outcome is unknown."""

    code = "timeout"
    status = 504


class Unreachable(ServerError):
    """There is no connection to the server."""

    code = "unreachable"
    status = 0


class NoTertulia(ServerError):
    """What answers there is no Tertulia server."""

    code = "no_tertulia"
    retryable = False


class OutboxFull(TertuliaError):
    """The outbox keeps as many unsent messages as it may; this one was not sent."""

    code = "outbox_full"


class OutboxUnavailable(TertuliaError):
    """The outbox cannot be written, a full disk for instance; the message was not sent."""

    code = "outbox_unavailable"


class Withdrawn(TertuliaError):
    """The message was discarded while it was being sent."""

    code = "withdrawn"


class Closed(TertuliaError):
    """This client was closed, or was not entered yet."""

    code = "closed"


_BY_CODE: dict[str, type[TertuliaError]] = {
    "accounts.totp_required": TotpRequired,
    "accounts.wrong_credentials": WrongCredentials,
    "conversations.id_in_use": IdInUse,
    "conversations.resync": ResyncNeeded,
    "forbidden": Forbidden,
    "gateway.connection_limit": RateLimited,
    "internal": ServerError,
    "invalid": Invalid,
    "not_found": NotFound,
    "overloaded": ServerError,
    "rate_limited": RateLimited,
    "read_only": ServerError,
    "session_revoked": SessionEnded,
    "storage_full": ServerError,
    "timeout": TimedOut,
    "too_large": TooLarge,
    "unauthenticated": Unauthenticated,
    "unavailable": ServerError,
}

_BY_STATUS: dict[int, type[TertuliaError]] = {
    400: Invalid,
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    413: TooLarge,
    415: Invalid,
    422: Invalid,
    429: RateLimited,
}


def class_of(code: str, status: int) -> type[TertuliaError]:
    """Find the class for a code: its own, else that of its status."""
    if code in _BY_CODE:
        return _BY_CODE[code]
    return _BY_STATUS.get(status, ServerError if status >= 500 else TertuliaError)


def _field_error(error: object) -> FieldError:
    known = cast("Mapping[str, Any]", error)
    return FieldError(
        field=str(known.get("field", "")),
        code=str(known.get("code", "")),
        detail=str(known.get("detail", "")),
    )
