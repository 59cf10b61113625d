"""Errors have names and codes, the same over HTTP and sockets, and say whether to retry (protocol.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field: its dotted path, a code, English words, and the limit if any."""

    field: str
    code: str
    detail: str


class AppError(Exception):
    """A refusal or failure that a client is told: `code`, `status`, English `detail`, `params`."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False
    detail: str = ""
    by_code: ClassVar[dict[str, type["AppError"]]] = {}

    def __init_subclass__(cls) -> None:
        """Every error class is found again by its code when it has crossed a bus."""
        AppError.by_code.setdefault(cls.code, cls)

    def __init__(
        self,
        detail: str | None = None,
        *,
        params: Mapping[str, Any] | None = None,
        errors: Sequence[FieldError] = (),
        retry_after: float | None = None,
    ) -> None:
        """`retry_after` is in seconds."""
        self.detail = detail if detail is not None else type(self).detail
        self.params = dict(params or {})
        self.errors = tuple(errors)
        self.retry_after = retry_after
        super().__init__(self.detail)


class Invalid(AppError):
    """Wrong values: `errors` names each field."""

    code, status, detail = "invalid", 422, "The request is not valid."


class Malformed(Invalid):
    """Not even readable: broken JSON, not an object."""

    code, status, detail = "invalid", 400, "The request cannot be read."


class WrongMediaType(Invalid):
    """A body that is not JSON."""

    code, status, detail = "invalid", 415, "The body must be application/json."


class Unauthenticated(AppError):
    """No credential, or a dead one."""

    code, status, detail = "unauthenticated", 401, "Sign in first."


class Forbidden(AppError):
    """You may see it, and may not do that."""

    code, status, detail = "forbidden", 403, "You may not do that."


class NotFound(AppError):
    """It is not there or you may not see it: the same answer."""

    code, status, detail = "not_found", 404, "There is no such thing."


class Conflict(AppError):
    """The state of things does not allow it; subclasses name the situation."""

    code, status = "conflict", 409


class TooLarge(AppError):
    """The body is above its limit."""

    code, status, detail = "too_large", 413, "The body is too large."


class RateLimited(AppError):
    """Too many of these; `retry_after` says when."""

    code, status, retryable, detail = "rate_limited", 429, True, "Too many requests."


class Overloaded(AppError):
    """Refused before any work."""

    code, status, retryable, detail = "overloaded", 503, True, "The server is busy."


class StorageFull(AppError):
    """Disk full or failing; nothing was written."""

    code, status, retryable, detail = "storage_full", 503, True, "The server cannot write."


class ReadOnly(AppError):
    """The data is being moved elsewhere, or was; nothing was written."""

    code, status, retryable, detail = "read_only", 503, True, "The server takes no changes for now."


class Unavailable(AppError):
    """The owner does not answer; outcome unknown."""

    code, status, retryable, detail = "unavailable", 503, True, "The service does not answer."


class DeadlinePassed(AppError):
    """The deadline passed; outcome unknown."""

    code, status, retryable, detail = "timeout", 504, True, "The deadline passed."


class Internal(AppError):
    """A defect; outcome unknown."""

    code, status, retryable, detail = "internal", 500, True, "Something went wrong."
