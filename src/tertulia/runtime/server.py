"""The server process: Uvicorn as this product runs it, from the open port to the orderly end."""

import asyncio
import contextlib
import gc
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Protocol

import structlog
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from tertulia.conversations.contract.arriving import GetArrival
from tertulia.realtime.uvicorn_driver import WebSocketProtocol
from tertulia.realtime.uvicorn_http import HttpProtocol
from tertulia.runtime.application import Application, create_app
from tertulia.runtime.data import CannotStart, told_by_system
from tertulia.runtime.drivers import check_drivers
from tertulia.runtime.failpoints import arm_failpoints
from tertulia.runtime.health import Health
from tertulia.runtime.services import GATEWAY
from tertulia.runtime.settings import Settings

BACKLOG = 4096
LOOPBACK = "127.0.0.1"
OPEN_FILES = 1_048_576
LAST_SECONDS = 2.0
"""Of `stop_seconds`, what is left for the services once the requests are finished."""

FUSE_SHARE = 0.95
"""Of `stop_seconds`, when a stop that is not done is given up."""

log = structlog.get_logger(__name__)


class Operator(Protocol):
    """Who started the server: is told how it stands, and has the words for it."""

    def listens(self, address: str, set_up_at: str | None) -> None:
        """It is ready at `address`; where nobody has set it up yet, this link does."""

    def runs(self, services: Sequence[str]) -> None:
        """These services run, without an edge."""


class Server(uvicorn.Server):
    """Uvicorn, with a goodbye before it closes and exit status 0 after SIGTERM or SIGINT."""

    def __init__(self, application: Application, settings: Settings) -> None:
        super().__init__(_uvicorn_config(application))
        self._application = application

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, say goodbye, finish what is under way."""
        began = time.monotonic()
        for server in self.servers:
            server.close()
        await self._application.goodbye()
        left = self._application.settings.stop_seconds - (time.monotonic() - began)
        self.config.timeout_graceful_shutdown = max(1, int(left - LAST_SECONDS))
        await super().shutdown(sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """The caller hears the signals: they are this process's, not the server's."""
        yield


def serve(settings: Settings, operator: Operator) -> None:
    """Run until SIGTERM or SIGINT. Raises `CannotStart`."""
    raise_open_files()
    arm_failpoints(settings)
    with asyncio.Runner(loop_factory=_loop_factory(settings)) as runner:
        runner.run(_serve(settings, operator))


def raise_open_files() -> None:
    """As many open files as the system allows: every socket is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    ceiling = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    for wanted in (ceiling, 10_240):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
            return


def open_port(host: str, port: int, *, reuse: bool = False) -> socket.socket:
    """A socket that listens there; with `reuse` among others, once it is served. Raises `CannotStart`."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    dual = host == "::" and socket.has_dualstack_ipv6()
    try:
        if (
            reuse
        ):  # the kernel gives connections to all who listen, so nobody does before it can answer
            return _bind(family, host, port)
        listener = socket.create_server(
            (host, port), family=family, backlog=BACKLOG, dualstack_ipv6=dual
        )
    except OSError as error:
        told = told_by_system(error)
        detail = f"cannot listen on {host}:{port}: {told['reason']}"
        raise CannotStart("port", detail, host=host, port=port, **told) from error
    # asyncio sets TCP_NODELAY only where the protocol is named, and its connections inherit that.
    return socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, listener.detach())


def _bind(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


async def _serve(settings: Settings, operator: Operator) -> None:
    check_drivers(settings, settings.services)
    application = create_app(settings)
    async with contextlib.AsyncExitStack() as stack:
        port = _health_port(settings)
        if port is not None:
            health = Health()
            health.late = application.late
            listener = open_port(LOOPBACK, port)
            await stack.enter_async_context(health.told_on(listener))
        if GATEWAY in settings.services:
            await _serve_edge(settings, application, operator)
        else:
            await _serve_without_edge(application, operator)


def _health_port(settings: Settings) -> int | None:
    """Where this process tells its health by itself: a gateway does it with the rest, unless asked."""
    if settings.health_port is not None or not settings.is_shared or GATEWAY in settings.services:
        return settings.health_port
    return settings.port


async def _serve_edge(settings: Settings, application: Application, operator: Operator) -> None:
    listener = open_port(settings.host, settings.port, reuse=settings.reuse_port)
    async with application.lifespan():
        listener.listen(BACKLOG)  # before anybody is told that it is ready
        server = Server(application, settings)
        with listener, _stopping(settings.stop_seconds, lambda: _stop(server)):
            await _announce(application, listener, operator)
            _collect_less_often()
            await server.serve(sockets=[listener])
        log.info("stopped")


def _collect_less_often() -> None:
    """What is there now stays; what comes is a batch of messages, and dies with its batch by itself."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


async def _serve_without_edge(application: Application, operator: Operator) -> None:
    over = asyncio.Event()
    async with application.lifespan():
        with _stopping(application.settings.stop_seconds, over.set):
            operator.runs(application.settings.services)
            await over.wait()


def _stop(server: Server) -> None:
    server.should_exit = True


async def _announce(application: Application, listener: socket.socket, operator: Operator) -> None:
    address = address_of(application.settings, listener)
    instance = application.instance
    link = None
    if instance is not None and (await instance.bus.ask(GetArrival())).setup_required:
        link = f"{address}/setup?code={instance.setup_code}"
    operator.listens(address, link)


def address_of(settings: Settings, listener: socket.socket) -> str:
    """Where a browser finds the server: `base_url`, or the port on this machine."""
    if settings.base_url:
        return settings.base_url
    host, port = listener.getsockname()[:2]
    everywhere = host in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
    host = "127.0.0.1" if everywhere else f"[{host}]" if ":" in host else host
    return f"http://{host}:{port}"


@contextlib.contextmanager
def _stopping(seconds: float, stop: Callable[[], None]) -> Iterator[None]:
    """Stop on SIGTERM and SIGINT; whatever hangs, the process is gone after `seconds`.

    Asked a second time, it is gone at once: what was acknowledged is on stable storage.
    """
    fuse = threading.Timer(seconds * FUSE_SHARE, _give_up)
    fuse.daemon = True

    def asked() -> None:
        if fuse.is_alive():
            _give_up()
        fuse.start()
        stop()

    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, asked)
    yield


def _give_up() -> None:
    log.error("stopped_in_the_middle")
    os._exit(1)


def _loop_factory(settings: Settings) -> Callable[[], asyncio.AbstractEventLoop] | None:
    if settings.uvloop == "off":
        return None
    try:
        import uvloop  # noqa: PLC0415 - optional
    except ImportError as error:
        if settings.uvloop == "on":
            raise CannotStart("uvloop", "uvloop is not installed") from error
        return None
    return uvloop.new_event_loop


class StrictHttp(HttpProtocol):
    """Never httptools: it takes requests that can be read in two ways."""

    ordinary = H11Protocol


def _uvicorn_config(application: Application) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        http=StrictHttp,
        ws=WebSocketProtocol,
        timeout_keep_alive=65,
    )
