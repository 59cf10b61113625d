"""`SyncTertulia`: the same client for programs without an event loop of their own.

It runs the asynchronous one on a loop in a thread of its own, so both behave the same.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from threading import Thread
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from tertulia.client import http
from tertulia.client.client import LOCAL_URL, Tertulia
from tertulia.client.commands.base import Command
from tertulia.client.errors import Closed
from tertulia.client.events import Event
from tertulia.client.listening import Since, Stream
from tertulia.client.models import (
    Invitation,
    Message,
    Position,
    Profile,
    Server,
    ServerIdentity,
    SignedIn,
)
from tertulia.client.namespaces import (
    SyncAccounts,
    SyncConversations,
    SyncPersonal,
    SyncPresence,
)
from tertulia.client.outbox import Outbox, Unsent
from tertulia.client.reducer import Change

R = TypeVar("R")


class Loop:
    """An event loop in a thread of its own, to which another thread gives work."""

    def __init__(self) -> None:
        begun: Future[asyncio.AbstractEventLoop] = Future()
        self._stop = asyncio.Event()
        self._thread = Thread(target=self._serve, args=(begun,), name="tertulia", daemon=True)
        self._thread.start()
        self._loop = begun.result()

    def _serve(self, begun: "Future[asyncio.AbstractEventLoop]") -> None:
        with asyncio.Runner() as runner:
            begun.set_result(runner.get_loop())
            runner.run(self._stop.wait())

    def run(self, work: Coroutine[Any, Any, R]) -> R:
        """Wait for a result; an interrupt of the waiting thread cancels the work."""
        result: Future[R] = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return result.result()
        except BaseException:
            result.cancel()
            raise

    def call(self, function: Callable[[], R]) -> R:
        """Call a function on the loop's thread and wait for what it returns."""

        async def work() -> R:
            return function()

        return self.run(work())

    def close(self) -> None:
        """End what still runs, and the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()


class SyncStream(Generic[R]):
    """What a reader asked for, in order; waiting for the next item may be interrupted."""

    def __init__(self, loop: Loop, items: Stream[R]) -> None:
        self._loop = loop
        self._items = items

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        try:
            return self._loop.run(self._following())
        except StopAsyncIteration:
            raise StopIteration from None

    @property
    def position(self) -> Position | None:
        """How far one conversation was read; see `Stream.position`."""
        return self._items.position

    def close(self) -> None:
        """Stop listening: what was not read yet is read, and then the stream ends."""
        self._loop.run(self._items.aclose())

    async def _following(self) -> R:
        return await anext(self._items)


class SyncTertulia:
    """A person, a bot or a guest, connected to a server; see `Tertulia`, of which this is the twin.

    It is open inside `with`. Several threads may use one client.
    """

    def __init__(
        self,
        url: str = LOCAL_URL,
        *,
        token: str | None = None,
        name: str | None = None,
        path: str = "socket.io",
        transports: Sequence[str] | None = None,
        timeout: float | None = 30.0,
        outbox: Outbox | None = None,
    ) -> None:
        """Prepare a client; the arguments are those of `Tertulia`."""
        self._client = Tertulia(
            url,
            token=token,
            name=name,
            path=path,
            transports=transports,
            timeout=timeout,
            outbox=outbox,
        )
        self._loop: Loop | None = None
        self.accounts = SyncAccounts(self.ask)
        self.conversations = SyncConversations(self.ask)
        self.presence = SyncPresence(self.ask)
        self.personal = SyncPersonal(self.ask)

    def __enter__(self) -> Self:
        self._loop = Loop()
        try:
            self._loop.run(self._client.__aenter__())
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        try:
            self._running.run(self._client.__aexit__(kind, error, traceback))
        finally:
            self._close()

    @property
    def user(self) -> Profile | None:
        """Who this client is on the server."""
        return self._client.user

    @property
    def server(self) -> ServerIdentity:
        """What the server said of itself."""
        return self._client.server

    @property
    def token(self) -> str | None:
        """The credential of this client; a guest who brings it is the same guest again."""
        return self._client.token

    def send(
        self,
        conversation: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread_id: str | None = None,
        also_in_channel: bool | None = None,
        id: str | None = None,  # noqa: A002
    ) -> Message:
        """Post a message and return it as the server has it; see `Tertulia.send`."""
        return self._running.run(
            self._client.send(
                conversation,
                text,
                reply_to=reply_to,
                thread_id=thread_id,
                also_in_channel=also_in_channel,
                id=id,
            )
        )

    def list_unsent(self) -> Sequence[Unsent]:
        """List the messages that are not acknowledged; see `Tertulia.list_unsent`."""
        return self._running.call(self._client.list_unsent)

    def discard(self, message_id: str) -> None:
        """Give up an unsent message; see `Tertulia.discard`."""
        self._running.call(lambda: self._client.discard(message_id))

    def flush(self) -> None:
        """Wait until every message is posted or refused; see `Tertulia.flush`."""
        self._running.run(self._client.flush())

    def listen(self, conversation: str, *, since: Since = None) -> SyncStream[Message]:
        """Hear the messages of a conversation; see `Tertulia.listen`."""
        return self._stream(lambda: self._client.listen(conversation, since=since))

    def updates(
        self, conversation: str | None = None, *, since: Since = None
    ) -> SyncStream[Change]:
        """Hear all that changes in one conversation or in all; see `Tertulia.updates`."""
        return self._stream(lambda: self._client.updates(conversation, since=since))

    def events(self) -> SyncStream[Event]:
        """Hear what is told outside the conversations' logs; see `Tertulia.events`."""
        return self._stream(self._client.events)

    def find_conversation(self, name: str) -> str:
        """Find the id that a name means; see `Tertulia.find_conversation`."""
        return self._running.run(self._client.find_conversation(name))

    def get_position(self, conversation: str) -> Position:
        """Say how far a conversation was heard; see `Tertulia.get_position`."""
        return self._running.run(self._client.get_position(conversation))

    def ask(self, command: Command[R]) -> R:
        """Carry out a command of the protocol; see `Tertulia.ask`."""
        return self._running.run(self._client.ask(command))

    def _stream(self, begin: Callable[[], Stream[R]]) -> SyncStream[R]:
        return SyncStream(self._running, self._running.call(begin))

    @property
    def _running(self) -> Loop:
        if self._loop is None:
            raise Closed("This client is not open: enter it with `with`")
        return self._loop

    def _close(self) -> None:
        loop, self._loop = self._running, None
        loop.close()

    # Without a connection

    @staticmethod
    def sign_in(url: str, login: str, password: str, *, totp: str | None = None) -> SignedIn:
        """Sign in with a username or e-mail address; see `Tertulia.sign_in`."""
        return http.sign_in(login=login, password=password, totp=totp).send_sync(url)

    @staticmethod
    def register(
        url: str,
        username: str,
        password: str,
        *,
        display_name: str,
        email: str | None = None,
        invite: str | None = None,
    ) -> SignedIn:
        """Make an account; see `Tertulia.register`."""
        return http.register(
            username=username,
            password=password,
            display_name=display_name,
            email=email,
            invite=invite,
        ).send_sync(url)

    @staticmethod
    def get_server(url: str = LOCAL_URL) -> Server:
        """Ask a server what it is and what it lets one do."""
        return http.get_server().send_sync(url)

    @staticmethod
    def get_invitation(url: str, code: str) -> Invitation:
        """Ask what an invite leads to."""
        return http.get_invitation(code).send_sync(url)
