"""Servers for the tests of the engine: Uvicorn in a thread, or in a process that can be killed.

A driver says which library serves and under which settings of Uvicorn. Everything that is the same
under all of them is tested under all of them, python-socketio's own server among them.
"""

import importlib
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import uvicorn

FAST = "tertulia.realtime.uvicorn_driver:WebSocketProtocol"
SHORT = "tertulia.realtime.uvicorn_http:HttpProtocol"
PLAIN = "websockets-sansio"
ROOT = Path(__file__).parents[2]
STOP_SECONDS = 10


@dataclass(frozen=True)
class Driver:
    """A Socket.IO library, an Engine.IO library and the settings of Uvicorn that they run with."""

    name: str
    socketio: str = "tertulia.realtime"
    engineio: str = "tertulia.realtime.engine"
    ws: str = FAST
    loop: str = "asyncio"
    http: str = "h11"
    is_secure: bool = False

    def library(self, layer: str = "socketio") -> ModuleType:
        """What an application of this layer imports."""
        return importlib.import_module(getattr(self, layer))


DRIVERS = {
    driver.name: driver
    for driver in (
        Driver("stock", "socketio", "engineio", ws=PLAIN),
        Driver("fast", loop="uvloop", http=SHORT),
        Driver("asyncio"),
        Driver("asgi", ws=PLAIN),
        Driver("tls", loop="uvloop", http="auto", is_secure=True),
        Driver("asgi-tls", ws=PLAIN, is_secure=True),
    )
}
OURS = ("fast", "asyncio", "asgi", "tls")
"""Those that nearly everything is tested with; what is left differs from them in nothing but TLS."""


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1 that is its own authority."""

    key: Path
    chain: Path

    @classmethod
    def make(cls, folder: Path) -> Self:
        """Sign one, with the program `openssl`."""
        made = cls(folder / "key.pem", folder / "chain.pem")
        kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=test"
        names = ["-addext", "subjectAltName=IP:127.0.0.1"]
        files = ["-keyout", made.key, "-out", made.chain]
        subprocess.run(["openssl", *kind.split(), *names, *files], check=True, capture_output=True)
        return made

    @property
    def trust(self) -> ssl.SSLContext:
        """What lets a client believe it."""
        return ssl.create_default_context(cafile=self.chain)


def configure(app: Any, driver: Driver, certificate: Certificate, **options: Any) -> uvicorn.Config:
    """The settings of Uvicorn for an application under a driver."""
    if driver.is_secure:
        options |= {"ssl_keyfile": certificate.key, "ssl_certfile": certificate.chain}
    return uvicorn.Config(
        app,
        loop=driver.loop,
        http=driver.http,
        ws=driver.ws,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
        **options,
    )


class Host:
    """Uvicorn in a thread; the application that it serves is changed at will.

    With `lifespan="on"` it says so to the application that it starts with.
    """

    def __init__(
        self, driver: Driver, certificate: Certificate, app: Any = None, lifespan: str = "off"
    ) -> None:
        self.driver = driver
        self.certificate = certificate
        self.app = app
        self._listener = listen(0)
        self.port = self._listener.getsockname()[1]
        config = configure(self, driver, certificate, lifespan=lifespan)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, name=f"host {driver.name}")

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(STOP_SECONDS)
        assert not self._thread.is_alive(), "It does not stop."

    @property
    def url(self) -> str:
        return address(self.driver, self.port)

    def _run(self) -> None:
        self._server.run(sockets=[self._listener])


class Process:
    """Uvicorn in a process of its own, which can be killed and started again on the same port."""

    def __init__(self, driver: Driver, certificate: Certificate, application: str) -> None:
        """The application is named as `module:function`; the function is given the library."""
        self.driver = driver
        self.port = free_port()
        self._command = [sys.executable, "-m", "tests.realtime.serving", driver.name, application]
        self._command += [str(self.port), str(certificate.key), str(certificate.chain)]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def url(self) -> str:
        return address(self.driver, self.port)

    def start(self) -> None:
        """Start it, and wait until it listens."""
        self._process = subprocess.Popen(self._command, cwd=ROOT, stdout=subprocess.PIPE)
        assert self._process.stdout
        assert self._process.stdout.readline().strip() == b"listens"

    def kill(self) -> None:
        """SIGKILL: nobody is told."""
        assert self._process
        assert self._process.stdout
        self._process.kill()
        self._process.wait(STOP_SECONDS)
        self._process.stdout.close()


def address(driver: Driver, port: int) -> str:
    """Where a server of the driver is found."""
    return f"{'https' if driver.is_secure else 'http'}://127.0.0.1:{port}"


def listen(port: int) -> socket.socket:
    """A listening socket. Only where the protocol is named does asyncio send small answers at once."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(1024)
    return listener


def free_port() -> int:
    """A port on which nobody listens."""
    with listen(0) as listener:
        return listener.getsockname()[1]


def named(application: str) -> Callable[[ModuleType], Any]:
    """The function named as `module:function`."""
    module, _, function = application.partition(":")
    return getattr(importlib.import_module(module), function)


def main(name: str, application: str, port: str, key: str, chain: str) -> None:
    """Serve until killed; say so when connections are accepted."""
    driver = DRIVERS[name]
    listener = listen(int(port))
    app = named(application)(driver.library())
    config = configure(app, driver, Certificate(Path(key), Path(chain)), lifespan="off")
    print("listens", flush=True)  # noqa: T201 - the word that the parent waits for
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main(*sys.argv[1:])
