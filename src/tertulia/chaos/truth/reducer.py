"""What a person makes of what they are told: the SDK's state of each conversation, and all beside it."""

from collections.abc import Mapping
from typing import Any

from tertulia.client.events import (
    ConversationAdded,
    ConversationRemoved,
    DraftChanged,
    MessageSaved,
    MessageUnsaved,
    Read,
    SettingsChanged,
    SpaceAdded,
    SpaceChanged,
    SpaceRemoved,
    UserChanged,
    find_event,
)
from tertulia.client.models import Conversation, Draft, Head, Message, MessagePage, Space, User
from tertulia.client.state import ConversationState
from tertulia.client.updates import (
    MemberChanged,
    MemberJoined,
    MemberLeft,
    Update,
    read_update,
)

Body = dict[str, Any]


class Unreadable(ValueError):
    """An event that no client knows what to do with."""


class Reducer:
    """All that one person sees, from a snapshot on.

    `states` holds conversations by id, `members` the role of each in them by user id, `spaces` and
    `people` are by id, `new` are the conversations whose first page a client asks for.
    """

    def __init__(self, viewer_id: str, seen: Body) -> None:
        self._viewer_id = viewer_id
        self.states = {
            id_: ConversationState(MessagePage.model_validate(page), viewer_id)
            for id_, page in seen["pages"].items()
        }
        for id_, messages in seen["messages"].items():
            self.states[id_].add(map(Message.model_validate, messages.values()))
        self.members: dict[str, dict[str, str]] = {
            id_: dict(roles) for id_, roles in seen["members"].items()
        }
        self.spaces = {id_: Space.model_validate(it) for id_, it in seen["spaces"].items()}
        self.people = {id_: User.model_validate(it) for id_, it in seen["people"].items()}
        self.drafts = {place: Draft.model_validate(it) for place, it in seen["drafts"].items()}
        self.saved = list(seen["saved"])
        self.new: set[str] = set()

    def told(self, name: str, body: Body) -> None:
        """Take one event of the socket. Raises `Gap`, `Unreadable`."""
        if "seq" in body and "type" in body:
            self.update(body)
            return
        match find_event(name, body):
            case ConversationAdded(conversation=conversation):
                self.add(conversation)
            case ConversationRemoved(conversation_id=id_):
                self.forget(id_)
            case Read() | SettingsChanged() as event:
                self.states[event.conversation_id].apply(event)
            case SpaceAdded(space=space):
                self.spaces[space.id] = space
            case SpaceRemoved(space_id=id_):
                del self.spaces[id_]
            case SpaceChanged(space_id=id_, name=title, wall=wall):
                looks = {"name": title, "wall": wall}
                self.spaces[id_] = self.spaces[id_].model_copy(update=looks)
            case UserChanged(user=user):
                self.people[user.id] = user
            case DraftChanged() | MessageSaved() | MessageUnsaved() as event:
                self._keep(event)
            case _:
                raise Unreadable(name)

    def _keep(self, event: DraftChanged | MessageSaved | MessageUnsaved) -> None:
        """Take what only this person sees."""
        match event:
            case MessageSaved(message_id=id_):
                self.saved.insert(0, id_)
            case MessageUnsaved(message_id=id_):
                self.saved.remove(id_)
            case DraftChanged(draft=draft):
                place = f"{draft.conversation_id}/{draft.thread_id or ''}"
                self.drafts.pop(place, None)
                if draft.text:
                    self.drafts[place] = draft

    def update(self, body: Body) -> None:
        """Apply an update of a log of one's own. Raises `Gap`."""
        update = read_update(body)
        state = self.states.get(update.conversation_id)
        if state is not None and update.seq > state.position.seq:
            state.apply(update)
            self._move(update)
            self._meet(update)

    def add(self, conversation: Conversation) -> None:
        """A conversation is one's own from now on."""
        page = MessagePage(
            items=[], head=conversation.head, epoch=conversation.epoch, conversation=conversation
        )
        self.states[conversation.id] = ConversationState(page, self._viewer_id)
        self.new.add(conversation.id)

    def forget(self, conversation_id: str) -> None:
        """A conversation is one's own no more."""
        self.states.pop(conversation_id, None)
        self.members.pop(conversation_id, None)
        self.new.discard(conversation_id)
        gone = [place for place, it in self.drafts.items() if it.conversation_id == conversation_id]
        for place in gone:
            del self.drafts[place]

    def fetch(self, messages: Mapping[str, Body], conversation_id: str, roles: Body) -> None:
        """Take the first page of a conversation that was added."""
        read = [Message.model_validate(it) for it in messages.values()]
        self.states[conversation_id].add(read)
        self.members[conversation_id] = dict(roles)
        self.people |= {it.author.id: it.author for it in read}

    def stand(self, conversation_id: str, head: Body) -> None:
        """Take one of the heads of a catch-up: what is one's own there."""
        self.states[conversation_id].take_head(Head.model_validate(head))

    def _move(self, update: Update) -> None:
        roles = self.members.setdefault(update.conversation_id, {})
        match update:
            case MemberLeft():
                roles.pop(update.user.id, None)
            case MemberJoined(role=str(role)) | MemberChanged(role=role):
                roles[update.user.id] = role
            case _:
                pass

    def _meet(self, update: Update) -> None:
        """Whoever is shown is shown as they are now."""
        message: Message | None = getattr(update, "message", None)
        for user in (message and message.author, getattr(update, "user", None)):
            if user is not None:
                self.people[user.id] = user
