"""Tertulia as an ASGI application, to serve alone or to mount in another one."""

from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from tertulia.gateway import EdgeSettings, Gateway
from tertulia.gateway.cluster.cluster import Cluster
from tertulia.gateway.load import Load
from tertulia.kit.log import join_logging
from tertulia.runtime.admin import AdminSocket
from tertulia.runtime.health import STARTING
from tertulia.runtime.instance import Instance, opened
from tertulia.runtime.lag import LagWatch
from tertulia.runtime.services import GATEWAY, edges
from tertulia.runtime.settings import Settings

Scope = MutableMapping[str, Any]


class Application:
    """The product behind one ASGI callable.

    Served alone, it starts and stops by the server's lifespan messages. A mounted application gets
    none: let the outer one run `lifespan`, and mount it at the root of its host.

        chat = create_app(Settings(data="chat-data"))
        app = FastAPI(lifespan=chat.lifespan)
        app.mount("/", chat)
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.instance: Instance | None = None
        self._gateway: Gateway | None = None
        self._is_open = False

    def late(self) -> Sequence[str]:
        """What this process waits for, by name; nothing while it does all of its work."""
        if self.instance is None or not self._is_open:
            return (STARTING,)
        return self._gateway.waits_for() if self._gateway is not None else self.instance.late()

    @asynccontextmanager
    async def lifespan(self, _app: object = None) -> AsyncIterator[None]:
        """Everything runs inside. Raises `CannotStart`."""
        join_logging()
        async with AsyncExitStack() as stack:
            self.instance = await stack.enter_async_context(opened(self.settings))
            admin = AdminSocket(
                self.instance.folder.admin_socket, self.instance.bus, self.settings.limits
            )
            await admin.start()
            stack.push_async_callback(admin.stop)
            load = Load(self.settings.limits, change_wait=self.instance.change_wait)
            watch = LagWatch(load.feel)
            load.late = watch.late
            await stack.enter_async_context(watch.watching())
            if GATEWAY in self.settings.services:
                await self._open_gateway(self.instance, load, stack)
            self._is_open = True
            yield

    async def goodbye(self) -> None:
        """No longer ready; tell the sockets when to come back, and close them."""
        if self._gateway is not None:
            await self._gateway.goodbye()

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        """Answer one ASGI scope."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif self._gateway is None:
            raise RuntimeError("Tertulia was not started: run its `lifespan` in the outer one.")
        else:
            await self._gateway.app(scope, receive, send)

    async def _open_gateway(self, instance: Instance, load: Load, stack: AsyncExitStack) -> None:
        settings = EdgeSettings(
            base_url=self.settings.base_url,
            trusted_proxies=self.settings.trusted_proxies,
            allowed_origins=self.settings.allowed_origins,
            rate_limits=self.settings.rate_limits,
            stop_seconds=self.settings.stop_seconds,
        )
        shown = edges()
        cluster = None if instance.line is None else Cluster(instance.line, instance.bus, shown)
        gateway = Gateway(
            bus=instance.bus if cluster is None else cluster.bus,
            edges=shown,
            settings=settings,
            limits=self.settings.limits,
            load=load,
            cluster=cluster,
        )
        gateway.late = instance.late
        await gateway.start()
        self._gateway = gateway
        stack.push_async_callback(self._close_gateway)

    async def _close_gateway(self) -> None:
        await self.goodbye()
        self._gateway = None

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        async with AsyncExitStack() as stack:
            try:
                await stack.enter_async_context(self.lifespan())
            except Exception as error:
                await send({"type": "lifespan.startup.failed", "message": str(error)})
                raise
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})


def create_app(settings: Settings | None = None) -> Application:
    """The ASGI application of these settings, or of the variables and the file."""
    return Application(settings or Settings())
