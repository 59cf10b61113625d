"""Structured logs: events with fields, one line each, without message text or tokens.

Every line of a request carries its `request_id`: wrap its work in `request_scope`. Exceptions are
written without the values of local variables.
"""

import logging
import os
import sys
from collections.abc import Mapping, MutableMapping
from contextvars import ContextVar, Token
from typing import Any, Literal, TextIO

import structlog
from structlog.types import Processor

from tertulia.kernel.ids import new_id

Level = Literal["debug", "info", "warning", "error"]
Format = Literal["auto", "console", "json"]

SECRET = frozenset(
    {"authorization", "cookie", "invite", "password", "secret", "setup_code", "text", "token"}
)
"""Fields whose value is never written."""

_request: ContextVar["request_scope | None"] = ContextVar("request", default=None)


def configure_logging(level: Level = "info", format_: Format = "auto") -> None:
    """Send the logs of this process, libraries' included, to standard error.

    `auto` is `console` on a terminal and `json` elsewhere.
    """
    console = format_ == "console" or (format_ == "auto" and sys.stderr.isatty())
    shared: list[Processor] = [
        _name_request,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        _stamp(console=console),
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    handler.setFormatter(_formatter(shared, console=console))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    _quieten(level)


def join_logging() -> None:
    """Hand events to the logging of the program that this is mounted in, as records with `extra`.

    A program that has configured structlog itself has decided already.
    """
    if structlog.is_configured():
        return
    structlog.configure(
        processors=[_name_request, hide_secrets, structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


class _StandardError(logging.StreamHandler[TextIO]):
    """Writes to what `sys.stderr` is at the time."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # pyright: ignore[reportIncompatibleVariableOverride]
        return sys.stderr


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace what must not be read in a log, whoever passed it."""
    for field in SECRET & event.keys():
        event[field] = "…"
    return event


class request_scope:  # noqa: N801 - used as a function
    """Give all that is logged inside the id of the request, which the client knows too.

    Without an id it draws one when it is first asked for: most requests need none.
    """

    __slots__ = ("_fields", "_id", "_token")

    def __init__(self, request_id: str | None = None, **fields: object) -> None:
        self._id = request_id
        self._fields = fields
        self._token: Token[request_scope | None]

    @property
    def request_id(self) -> str:
        """The id of the request."""
        if self._id is None:
            self._id = new_id()
        return self._id

    @property
    def fields(self) -> Mapping[str, object]:
        """What every line of it carries."""
        return {"request_id": self.request_id, **self._fields}

    def __enter__(self) -> "request_scope":
        """From here on."""
        self._token = _request.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """Up to here."""
        _request.reset(self._token)


def current_request_id() -> str:
    """The id of the request that is being carried out; a new one where none is."""
    scope = _request.get()
    return new_id() if scope is None else scope.request_id


def _name_request(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    scope = _request.get()
    if scope is not None:
        for field, value in scope.fields.items():
            event.setdefault(field, value)
    return event


def _stamp(*, console: bool) -> Processor:
    """When, in UTC for whoever keeps the line; on a console the time of day of who reads it."""
    if console:
        return structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)
    return structlog.processors.TimeStamper(fmt="iso", utc=True)


def _formatter(shared: list[Processor], *, console: bool) -> logging.Formatter:
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    traceback: list[Processor] = [structlog.processors.format_exc_info]
    if console:
        plain = structlog.dev.plain_traceback
        renderer = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
            exception_formatter=plain,
            pad_event_to=0,
            pad_level=False,
        )
        traceback = []
    remove = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return structlog.stdlib.ProcessorFormatter(
        processors=[remove, *traceback, renderer], foreign_pre_chain=shared
    )


def _quieten(level: Level) -> None:
    """Libraries that speak of each step are heard only when everything is."""
    chatty = logging.DEBUG if level == "debug" else logging.WARNING
    for name in ("alembic", "asyncio", "httpx", "uvicorn"):
        library = logging.getLogger(name)
        library.handlers = []
        library.propagate = True
        library.setLevel(chatty)
    for name in ("uvicorn.access", "uvicorn.error", "uvicorn.asgi"):
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
        logging.getLogger(name).setLevel(logging.NOTSET)
    logging.getLogger("uvicorn.access").setLevel(logging.ERROR)
