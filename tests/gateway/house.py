"""Services as small as the edge can be tested with: people with tokens, conversations with logs.

They answer the real contracts on a bus that encodes and decodes, and do what a test tells them: wait
at a gate, be slow, fail.
"""

import asyncio
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from tertulia.accounts.contract import (
    Authenticate,
    GetProfile,
    GuestPass,
    Identity,
    OpenGuest,
    Profile,
    ProfileFound,
    RevokeSession,
    SessionsRevoked,
    SignedIn,
    SignIn,
    UpdateProfile,
    UserView,
    WrongCredentials,
)
from tertulia.conversations.contract.arriving import Arrival, GetArrival
from tertulia.conversations.contract.conversations import (
    Added,
    ConversationCreated,
    ConversationFound,
    ConversationList,
    ConversationView,
    CreateConversation,
    GetConversation,
    GetHeads,
    Head,
    Heads,
    Join,
    ListConversations,
    MarkRead,
)
from tertulia.conversations.contract.messages import (
    DeleteMessage,
    GetMessage,
    MessageFound,
    MessagePosting,
    MessageView,
    PostMessage,
)
from tertulia.conversations.contract.people import GetUser, UserFound
from tertulia.conversations.contract.updates import (
    CatchUp,
    CaughtUp,
    ListMessages,
    MemberLeft,
    MessagePage,
    MessagePosted,
)
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import NotFound, Unauthenticated
from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Event, Request
from tertulia.kit.bus.local import LocalBus
from tertulia.presence.contract import Connect, Disconnect, SetTyping, States, Typing, Watch

NOON = datetime(2026, 10, 8, 12, tzinfo=UTC)


class Person:
    """Somebody with an account, or a guest: an id, a token, a session."""

    def __init__(self, name: str, kind: Any = "person", *, administrator: bool = False) -> None:
        self.name = name
        self.token = f"{name.lower()}-{new_id()}"
        self.identity = Identity(
            user=UserView(
                id=new_id(),
                username=None if kind == "guest" else name.lower(),
                display_name=name,
                avatar_url=None,
                kind=kind,
            ),
            session_id=new_id(),
            administrator=administrator,
            version=1,
        )

    @property
    def id(self) -> str:
        return self.identity.user.id

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def cookie(self) -> dict[str, str]:
        return {"Cookie": f"tertulia_session={self.token}"}


class House:
    """All services at once. `asked` holds what reached them, `gates` what they wait for."""

    def __init__(self) -> None:
        self.bus = LocalBus(recode=True)
        self.asked: list[tuple[Request[Any], Actor]] = []
        self.gates: dict[type[Request[Any]], asyncio.Event] = {}
        self.raises: dict[type[Request[Any]], Exception] = {}
        self.people: dict[str, Person] = {}
        self.members: dict[str, set[str]] = defaultdict(set)
        self.posted: dict[str, list[MessageView]] = defaultdict(list)
        self.space_id = new_id()
        self.guests = True
        self._telling = asyncio.Lock()
        self.ana = self.person("Ana", administrator=True)
        self.bruno = self.person("Bruno")
        self.carla = self.person("Carla")
        self.plaza = new_id()
        self.taller = self.conversation(self.ana, self.bruno)
        for request, answer in _ANSWERS.items():
            self._serve(request, getattr(self, answer))

    def person(self, name: str, **more: Any) -> Person:
        person = Person(name, **more)
        self.people[person.token] = person
        return person

    def conversation(self, *people: Person) -> str:
        """A conversation with these people in it."""
        conversation_id = new_id()
        self.members[conversation_id] = {person.id for person in people}
        return conversation_id

    def asked_for(self, kind: type[Request[Any]]) -> list[Any]:
        """The requests of a class that reached their service."""
        return [request for request, _ in self.asked if type(request) is kind]

    async def publish(self, event: Event) -> None:
        await self.bus.publish(event)

    async def post(self, person: Person, conversation_id: str, text: str) -> MessageView:
        """Post past the edge, as another process would."""
        request = PostMessage(conversation_id=conversation_id, text=text)
        return (await self._post_message(request, actor_of(person))).message

    async def remove(self, person: Person, conversation_id: str) -> None:
        """Take somebody out, with the update that says so."""
        self.members[conversation_id].discard(person.id)
        message = self._message(person.identity.user, conversation_id, "left", None)
        self.posted[conversation_id].append(message)
        await self.publish(
            MemberLeft(
                conversation_id=conversation_id,
                seq=message.seq,
                at=NOON,
                actor_id=person.id,
                user=person.identity.user,
                role="member",
                member_count=1,
            )
        )

    async def add(self, person: Person, conversation_id: str) -> None:
        self.members[conversation_id].add(person.id)
        await self.publish(Added(conversation_id=conversation_id, user_ids=[person.id]))

    async def revoke(self, person: Person) -> None:
        """End a person's session, as a sign-out elsewhere does."""
        self.people.pop(person.token, None)
        revoked = SessionsRevoked(user_id=person.id, session_ids=[person.identity.session_id])
        await self.publish(revoked)

    # --- what the services answer ---------------------------------------------------------------

    def _serve(self, kind: type[Request[Any]], answer: Any) -> None:
        async def handle(request: Any, actor: Actor) -> Any:
            self.asked.append((request, actor))
            if kind in self.raises:
                raise self.raises[kind]
            if kind in self.gates:
                await self.gates[kind].wait()
            return await answer(request, actor)

        self.bus.serve(kind, handle)

    async def _authenticate(self, request: Authenticate, actor: Actor) -> Identity:
        person = self.people.get(request.token)
        if person is None:
            raise Unauthenticated
        return person.identity

    async def _open_guest(self, request: OpenGuest, actor: Actor) -> GuestPass:
        if not (self.guests and actor.local):
            raise Unauthenticated
        guest = self.person(request.display_name or "Guest", kind="guest")
        return GuestPass(token=guest.token, identity=guest.identity)

    async def _get_arrival(self, request: GetArrival, actor: Actor) -> Arrival:
        return Arrival(
            setup_required=False, organization="La Casa", registration="invite", guests=actor.local
        )

    async def _sign_in(self, request: SignIn, actor: Actor) -> SignedIn:
        for person in self.people.values():
            if person.identity.user.username == request.login and request.password == "secreto!":
                session = person.identity.session_id
                return SignedIn(token=person.token, user=_profile(person), session_id=session)
        raise WrongCredentials

    async def _revoke_session(self, request: RevokeSession, actor: Actor) -> None:
        await self.revoke(self._person(actor))

    async def _get_profile(self, request: GetProfile, actor: Actor) -> ProfileFound:
        return ProfileFound(user=_profile(self._person(actor)))

    async def _update_profile(self, request: UpdateProfile, actor: Actor) -> ProfileFound:
        return ProfileFound(user=_profile(self._person(actor)))

    async def _get_heads(self, request: GetHeads, actor: Actor) -> Heads:
        mine = [it for it, people in self.members.items() if actor.id in people]
        if self.guests or actor.kind != "guest":
            mine = [self.plaza] if actor.kind == "guest" else [self.plaza, *mine]
        spaces = [] if actor.kind == "guest" else [self.space_id]
        return Heads(heads={it: self._head(it) for it in mine}, space_ids=spaces)

    async def _get_user(self, request: GetUser, actor: Actor) -> UserFound:
        raise NotFound

    async def _get_conversation(self, request: GetConversation, actor: Actor) -> ConversationFound:
        self._check_member(request.conversation_id, actor)
        return ConversationFound(conversation=self._view(request.conversation_id))

    async def _create_conversation(
        self, request: CreateConversation, actor: Actor
    ) -> ConversationCreated:
        created = request.id not in self.members
        conversation_id = request.id or new_id()
        self.members[conversation_id].add(actor.id)
        return ConversationCreated(conversation=self._view(conversation_id), created=created)

    async def _list_conversations(
        self, request: ListConversations, actor: Actor
    ) -> ConversationList:
        return ConversationList(items=[])

    async def _post_message(self, request: PostMessage, actor: Actor) -> MessagePosting:
        """Takes its place in its first step, as the writer's queue gives it."""
        self._check_member(request.conversation_id, actor)
        user = UserView(
            id=actor.id,
            username=actor.username,
            display_name=actor.display_name,
            avatar_url=None,
            kind=actor.kind if actor.kind == "guest" else "person",
        )
        message = self._message(user, request.conversation_id, request.text, request.id)
        self.posted[request.conversation_id].append(message)
        async with self._telling:
            await asyncio.sleep(0)
            await self.publish(
                MessagePosted(
                    conversation_id=request.conversation_id,
                    seq=message.seq,
                    at=NOON,
                    actor_id=actor.id,
                    message=message,
                )
            )
        return MessagePosting(message=message, created=True)

    async def _get_message(self, request: GetMessage, actor: Actor) -> MessageFound:
        for messages in self.posted.values():
            for message in messages:
                if message.id == request.message_id:
                    return MessageFound(message=message)
        raise NotFound

    async def _list_messages(self, request: ListMessages, actor: Actor) -> MessagePage:
        self._check_member(request.conversation_id, actor)
        items = self.posted[request.conversation_id]
        head = self._head(request.conversation_id)
        return MessagePage(
            items=items, head=head.head, epoch=head.epoch, has_before=False, has_after=False
        )

    async def _catch_up(self, request: CatchUp, actor: Actor) -> CaughtUp:
        return CaughtUp(heads={}, updates=[], resync=[], gone=[], more=False)

    async def _nothing(self, request: Any, actor: Actor) -> None:
        return None

    async def _set_typing(self, request: SetTyping, actor: Actor) -> None:
        typing = Typing(conversation_id=request.conversation_id, user_id=actor.id, until=NOON)
        await self.publish(typing)

    async def _watch(self, request: Watch, actor: Actor) -> States:
        return States(states=dict.fromkeys(request.user_ids, "offline"))

    def _check_member(self, conversation_id: str, actor: Actor) -> None:
        if conversation_id != self.plaza and actor.id not in self.members[conversation_id]:
            raise NotFound

    def _person(self, actor: Actor) -> Person:
        return next(person for person in self.people.values() if person.id == actor.id)

    def _head(self, conversation_id: str) -> Head:
        number = len(self.posted[conversation_id])
        return Head(
            epoch="1",
            head=number,
            read=0,
            messages=number,
            unread_count=number,
            mention_count=0,
        )

    def _view(self, conversation_id: str) -> ConversationView:
        return ConversationView(
            id=conversation_id,
            kind="channel",
            space_id=self.space_id,
            name="taller",
            topic="",
            visibility="private",
            default=False,
            about=None,
            member_count=2,
            people=None,
            created_at=NOON,
            archived_at=None,
            epoch="1",
            head=len(self.posted[conversation_id]),
            messages=0,
            last_message=None,
            role="member",
            muted=False,
            read=0,
            unread_count=0,
            mention_count=0,
        )

    def _message(
        self, author: UserView, conversation_id: str, text: str, id_: str | None
    ) -> MessageView:
        seq = len(self.posted[conversation_id]) + 1
        return MessageView(
            id=id_ or new_id(),
            conversation_id=conversation_id,
            seq=seq,
            number=seq,
            author=author,
            kind="text",
            text=text,
            data=None,
            created_at=NOON,
            edited_at=None,
            deleted_at=None,
            undone=False,
            pinned_at=None,
            reply_to=None,
            thread_id=None,
            also_in_channel=False,
            reply_count=0,
            attachments=[],
            reactions=[],
            mentions=[],
        )


def actor_of(person: Person) -> Actor:
    user = person.identity.user
    return Actor(id=user.id, kind="person", username=user.username, display_name=user.display_name)


def _profile(person: Person) -> Profile:
    user = person.identity.user.model_dump()
    administrator = person.identity.administrator
    return Profile(**user, email=None, language="es", time_zone="UTC", administrator=administrator)


_ANSWERS: dict[type[Request[Any]], str] = {
    Authenticate: "_authenticate",
    OpenGuest: "_open_guest",
    GetArrival: "_get_arrival",
    SignIn: "_sign_in",
    RevokeSession: "_revoke_session",
    GetProfile: "_get_profile",
    UpdateProfile: "_update_profile",
    GetHeads: "_get_heads",
    GetUser: "_get_user",
    GetConversation: "_get_conversation",
    CreateConversation: "_create_conversation",
    ListConversations: "_list_conversations",
    PostMessage: "_post_message",
    GetMessage: "_get_message",
    DeleteMessage: "_nothing",
    ListMessages: "_list_messages",
    CatchUp: "_catch_up",
    Join: "_nothing",
    MarkRead: "_nothing",
    SetTyping: "_set_typing",
    Watch: "_watch",
    Connect: "_nothing",
    Disconnect: "_nothing",
}
