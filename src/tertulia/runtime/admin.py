"""The operator's door: a socket in the data folder that only the server's own user may open.

One request a line, `{"command": "conversations.create_user", "arguments": {…}}`; one answer a line,
`{"ok": true, "result": …}` or `{"ok": false, "error": {"code", "status", "detail", "errors"}}`.
"""

import asyncio
import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import structlog
from pydantic import TypeAdapter

from tertulia.accounts.contract import ResetPassword
from tertulia.conversations.contract.arriving import CreateUser, GetArrival
from tertulia.gateway.validation import validated
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import AppError, FieldError, Internal, Invalid, NotFound
from tertulia.kernel.limits import Limits
from tertulia.kernel.messages import Request
from tertulia.kit.bus import Bus

R = TypeVar("R")
LINE_BYTES = 65_536
ANSWER_SECONDS = 30.0

REQUESTS: dict[str, type[Request[Any]]] = {
    request.wire_name: request for request in (CreateUser, GetArrival, ResetPassword)
}
"""What may be asked here; on behalf of the installation."""

log = structlog.get_logger(__name__)


class AdminSocket:
    """Answers the operator while the server runs."""

    def __init__(self, path: Path, bus: Bus, limits: Limits) -> None:
        self._path = path
        self._bus = bus
        self._limits = limits
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket that a crash left behind is replaced."""
        self._path.unlink(missing_ok=True)
        try:
            listener = _listener(self._path)
        except OSError as error:
            log.warning("no_admin_socket", path=str(self._path), error=str(error))
            return
        self._server = await asyncio.start_unix_server(self._hear, sock=listener, limit=LINE_BYTES)

    async def stop(self) -> None:
        """Stop listening."""
        if self._server is not None:
            self._server.close()
            self._path.unlink(missing_ok=True)

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, ValueError):
            while line := await reader.readline():
                answer = await self._answer(line)
                writer.write(json.dumps(answer).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            request = read_request(line, self._limits)
            result = await self._bus.ask(request, SYSTEM)
        except AppError as error:
            return {"ok": False, "error": _shown(error)}
        except Exception:
            log.exception("admin_request_failed")
            return {"ok": False, "error": _shown(Internal())}
        adapter: TypeAdapter[Any] = TypeAdapter(request.result_type())
        return {"ok": True, "result": adapter.dump_python(result, mode="json")}


def read_request(line: bytes, limits: Limits) -> Request[Any]:
    """The request that a line stands for. Raises `Invalid`, and `NotFound` for other commands."""
    try:
        asked = json.loads(line)
        kind = REQUESTS[asked["command"]]
        fields = dict(asked["arguments"])
    except KeyError as error:
        raise NotFound("There is no such command here.") from error
    except (ValueError, TypeError) as error:
        raise Invalid from error
    return validated(kind, fields, limits)


def ask_running(path: Path, request: Request[R], limits: Limits) -> R:
    """The answer of the server that runs on the data folder.

    Raises the `AppError` that it answers, and `FileNotFoundError` or `ConnectionRefusedError`
    when none runs.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.connect(_shortest(path))
        asked = {"command": request.wire_name, "arguments": request.model_dump(mode="json")}
        connection.sendall(json.dumps(asked).encode() + b"\n")
        with connection.makefile("rb") as lines:
            answer = json.loads(lines.readline())
    if not answer["ok"]:
        raise _read(answer["error"])
    adapter: TypeAdapter[R] = TypeAdapter(request.result_type())
    return adapter.validate_python(answer["result"], context=limits)


def _listener(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(_shortest(path))
    except OSError:
        listener.close()
        raise
    finally:
        os.umask(before)
    return listener


def _shortest(path: Path) -> str:
    """A name of the socket; the system takes about a hundred bytes."""
    return min(str(path), os.path.relpath(path), key=len)


def _shown(error: AppError) -> dict[str, Any]:
    errors = [vars(wrong) for wrong in error.errors]
    return {
        "code": error.code,
        "status": error.status,
        "detail": error.detail,
        "params": error.params,
        "errors": errors,
    }


def _read(shown: dict[str, Any]) -> AppError:
    kind = AppError.by_code.get(shown["code"], Internal)
    errors = [FieldError(**wrong) for wrong in shown["errors"]]
    return kind(shown["detail"], params=shown["params"], errors=errors)
