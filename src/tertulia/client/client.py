"""`Tertulia`: the asynchronous client."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from tertulia.client import http
from tertulia.client.commands.base import Command
from tertulia.client.commands.messages import PostMessage
from tertulia.client.connection import Endpoint
from tertulia.client.driver import Driver
from tertulia.client.errors import Closed, TimedOut
from tertulia.client.events import Event
from tertulia.client.ids import new_id
from tertulia.client.listening import Listener, Since, Stream
from tertulia.client.models import (
    Invitation,
    Message,
    Position,
    Profile,
    Server,
    ServerIdentity,
    SignedIn,
)
from tertulia.client.names import Names
from tertulia.client.namespaces import Accounts, Conversations, Personal, Presence
from tertulia.client.outbox import MemoryOutbox, Outbox, Unsent
from tertulia.client.reducer import Change

R = TypeVar("R")

LOCAL_URL = "http://127.0.0.1:8000"


class Tertulia:
    """A person, a bot or a guest, connected to a server.

    It is open inside `async with`. It connects again by itself, however often and however long the
    server is gone; whoever listens hears every update once, in the order of its conversation, and
    what was not acknowledged is sent again with the same id.

    A conversation is given by its id, as `#name` where that is unique among mine, as `space/name`,
    or as `@username`, which means the direct with that person.
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
        """Prepare a client; nothing is sent before `async with`.

        Args:
            url: Where the server is, such as `https://chat.example.org`.
            token: From `sign_in`; without one the client is a guest of the plaza.
            name: What a guest is called.
            path: Where the server speaks Socket.IO: `socket.io` or `ws`.
            transports: `websocket`, `polling` or both; both, if not given.
            timeout: Seconds that a command waits for its answer, over all attempts.
            outbox: Where unsent messages are kept; in memory, if not given. With a `FileOutbox`
                what was written survives the program: the next one sends it, in its order.
        """
        headers = {"User-Agent": http.describe_client()}
        self._endpoint = Endpoint(url, path, transports, headers)
        self._auth = {"token": token, "name": name}
        self._timeout = timeout
        self._outbox = outbox or MemoryOutbox()
        self._open: Opened | None = None
        self.accounts = Accounts(self.ask)
        self.conversations = Conversations(self.ask)
        self.presence = Presence(self.ask)
        self.personal = Personal(self.ask)

    async def __aenter__(self) -> Self:
        driver = Driver(self._endpoint, self._auth, self._outbox)
        await driver.start()
        names = Names(driver.hearer, driver.asker.perform)
        self._open = Opened(driver, names, Listener(driver.hearer, names, self.ask))
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        driver, self._open = self._opened.driver, None
        self._auth["token"] = driver.token
        await driver.stop()

    @property
    def user(self) -> Profile | None:
        """Who this client is on the server."""
        return self._opened.driver.hearer.ready.user

    @property
    def server(self) -> ServerIdentity:
        """What the server said of itself."""
        return self._opened.driver.hearer.ready.server

    @property
    def token(self) -> str | None:
        """The credential of this client; a guest who brings it is the same guest again."""
        return self._open.driver.token if self._open else self._auth["token"]

    async def send(
        self,
        conversation: str,
        text: str,
        *,
        reply_to: str | None = None,
        thread_id: str | None = None,
        also_in_channel: bool | None = None,
        id: str | None = None,  # noqa: A002
    ) -> Message:
        """Post a message and return it as the server has it.

        It waits as long as it takes to be acknowledged, over lost connections too. Messages to one
        conversation keep the order in which `send` was called, without waiting for each other. To
        cancel the wait withdraws the message; where this client ends first, the outbox keeps it.

        Args:
            conversation: Where: an id, `#name`, `space/name` or `@username`.
            text: Markdown.
            reply_to: The id of a message that this one quotes.
            thread_id: The id of the message in whose thread this one is.
            also_in_channel: Whether a message in a thread is shown in the timeline too.
            id: A UUIDv7 of one's own; the same again is the same message.

        Raises:
            TertuliaError: The server refused it, for good or too often; the outbox has let go of it.
            OutboxFull: Too much is unsent.
            OutboxUnavailable: The outbox cannot keep it, so it was not sent.
        """
        message = PostMessage(
            await self.find_conversation(conversation),
            text,
            reply_to=reply_to,
            thread_id=thread_id,
            also_in_channel=also_in_channel,
            id=id or new_id(),
        )
        return await self._opened.driver.asker.post(message)

    def list_unsent(self) -> Sequence[Unsent]:
        """List the messages that are not acknowledged, in the order they were written.

        One that the server refused for good while nobody waited for it is among them as `failed`,
        until it is discarded or sent again with its id.
        """
        return self._outbox.list_unsent()

    def discard(self, message_id: str) -> None:
        """Give up an unsent message; whoever waits for it gets `Withdrawn`.

        One that is on its way already may be posted nevertheless.
        """
        self._opened.driver.asker.discard(message_id)

    async def flush(self) -> None:
        """Wait until every message, of an earlier run too, is posted or refused."""
        await self._opened.driver.asker.flush()

    def listen(self, conversation: str, *, since: Since = None) -> Stream[Message]:
        """Hear the messages of a conversation, one's own too, from the moment of this call.

        Args:
            conversation: Which: an id, `#name`, `space/name` or `@username`.
            since: Hear also what was posted after this `seq`, as it is now; 0 is everything. With
                the `position` of an earlier stream each is heard once over all runs; one of another
                history is refused with `ResyncNeeded`.

        Raises:
            NotFound: The conversation is not mine, or no longer.
            SessionEnded: The server ended the session.
        """
        return self._opened.listener.listen(conversation, since)

    def updates(self, conversation: str | None = None, *, since: Since = None) -> Stream[Change]:
        """Hear all that changes in one conversation or, without one, in all of mine.

        Beside updates there comes a `Resynced` where the server has another history than before,
        after a restored backup, and a `Forgotten` where a conversation is no longer mine. Unknown
        types of a newer server are plain `Update`s.

        Args:
            conversation: Which, or None for all.
            since: As in `listen`; for one conversation only.
        """
        if conversation is None:
            return self._opened.listener.follow_all()
        return self._opened.listener.follow(conversation, since)

    def events(self) -> Stream[Event]:
        """Hear what is told outside the conversations' logs: presence, typing, read marks."""
        return self._opened.listener.hear_events()

    async def find_conversation(self, name: str) -> str:
        """Find the id that a name means; a person's direct is opened where it was not there.

        Raises:
            UnknownName: Nothing of mine has that name.
            AmbiguousName: Several conversations have it; say `space/name`.
        """
        return await self._opened.names.find_conversation(name)

    async def get_position(self, conversation: str) -> Position:
        """Say how far this client has heard a conversation, for `since` of a later run.

        Raises:
            NotFound: The conversation is not mine.
        """
        return await self._opened.listener.get_position(conversation)

    async def ask(self, command: Command[R]) -> R:
        """Carry out a command of the protocol; the namespaces do it by name.

        Raises:
            TimedOut: No answer came in time; the outcome is unknown.
            TertuliaError: The server refused, or this client ended.
        """
        try:
            async with asyncio.timeout(self._timeout):
                return await self._opened.driver.asker.perform(command)
        except TimeoutError:
            raise TimedOut(f"No answer to {command.command} in {self._timeout} s") from None

    @property
    def _opened(self) -> "Opened":
        if self._open is None:
            raise Closed("This client is not open: enter it with `async with`")
        return self._open

    # Without a connection

    @staticmethod
    async def sign_in(url: str, login: str, password: str, *, totp: str | None = None) -> SignedIn:
        """Sign in with a username or e-mail address; the answer holds the token.

        Raises:
            WrongCredentials: No account has this login and password.
            TotpRequired: The account asks for a one-time code.
        """
        return await http.sign_in(login=login, password=password, totp=totp).send(url)

    @staticmethod
    async def register(
        url: str,
        username: str,
        password: str,
        *,
        display_name: str,
        email: str | None = None,
        invite: str | None = None,
    ) -> SignedIn:
        """Make an account, by the code of an invite or where registration is open."""
        return await http.register(
            username=username,
            password=password,
            display_name=display_name,
            email=email,
            invite=invite,
        ).send(url)

    @staticmethod
    async def get_server(url: str = LOCAL_URL) -> Server:
        """Ask a server what it is and what it lets one do."""
        return await http.get_server().send(url)

    @staticmethod
    async def get_invitation(url: str, code: str) -> Invitation:
        """Ask what an invite leads to."""
        return await http.get_invitation(code).send(url)


@dataclass(frozen=True)
class Opened:
    """What a client has while it is open."""

    driver: Driver
    names: Names
    listener: Listener
