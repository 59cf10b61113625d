"""One conversation as a person sees it: a snapshot, moved by what is told after it.

    page = await t.conversations.list_messages(conversation_id)
    state = ConversationState(page, t.user.id)
    async for change in t.updates(conversation_id, since=state.position):
        state.apply(change)

A state machine without I/O. What it comes to is what a fresh snapshot would show (docs/guarantees.md,
G5). It wants each update once and in order, which is what `Tertulia.updates` gives.
"""

from collections import deque
from collections.abc import Iterable

from tertulia.client.changes import change_message, choose_newer
from tertulia.client.events import ConversationRemoved, Event, Read, SettingsChanged
from tertulia.client.models import Conversation, Head, Message, MessagePage, Position
from tertulia.client.reducer import Change, Forgotten, Resynced
from tertulia.client.updates import (
    ConversationChanged,
    MemberChanged,
    MemberJoined,
    MemberLeft,
    MessageEdited,
    MessagePosted,
    Update,
)

RECENT = 300
"""How many updates are remembered, to be applied again beside what was read before them."""


class Gap(ValueError):
    """An update came that is not the next one of the conversation's log."""


class ConversationState:
    """One conversation as `viewer_id` sees it.

    Attributes:
        conversation: The conversation, with its counts as of `position`.
        messages: What is known of it by id: the timeline, system lines and tombstones included, as
            far back as it was read, and the replies of threads that were read or heard.
        is_mine: False once the person has left, or was removed; nothing changes any more then.
    """

    def __init__(self, snapshot: MessagePage, viewer_id: str) -> None:
        """Begin with the newest page, which brings its conversation.

        Raises:
            ValueError: It is another page than the newest.
        """
        self._viewer_id = viewer_id
        self.is_mine = True
        self._begin(snapshot)

    def _begin(self, snapshot: MessagePage) -> None:
        if snapshot.conversation is None:
            raise ValueError("A state begins with the newest page, which has its conversation")
        self.conversation: Conversation = snapshot.conversation
        self.messages = {message.id: message for message in snapshot.items}
        self.position = Position(epoch=snapshot.epoch, seq=snapshot.head)
        self._counted_at = snapshot.head
        self._recent: deque[Update] = deque(maxlen=RECENT)

    @property
    def timeline(self) -> list[Message]:
        """All messages but the replies that are inside a thread only, in their order."""
        return [it for it in self._in_order() if it.thread_id is None or it.also_in_channel]

    def list_replies(self, root_id: str) -> list[Message]:
        """List what is known of a thread, in its order."""
        return [it for it in self._in_order() if it.thread_id == root_id]

    def apply(self, told: Change | Event) -> None:
        """Take anything that `updates` or `events` brings; what is of other conversations is not mine.

        Raises:
            Gap: An update before this one was never applied.
        """
        if not self.is_mine or getattr(told, "conversation_id", None) != self.conversation.id:
            return
        match told:
            case Update():
                self._follow(told)
            case Resynced():
                self._begin(told.page)
            case Forgotten() | ConversationRemoved():
                self.is_mine = False
            case Read():
                self._recount(told, read=told.seq)
            case SettingsChanged():
                self._set(muted=told.muted)
            case _:
                pass

    def take_head(self, head: Head) -> None:
        """Take what a head of `gateway.ready` or of a catch-up counts; not one of another history."""
        if head.epoch == self.position.epoch:
            self._set(messages=max(self.conversation.messages, head.messages))
            self._recount(head, read=head.read)

    def add(self, messages: Iterable[Message], *, head: int | None = None) -> None:
        """Add messages that were read: an older page, or a thread.

        Args:
            messages: As they were read.
            head: The head of their page, if it is known: what was applied since is applied again.
        """
        since = [it for it in self._recent if head is not None and it.seq > head]
        for message in messages:
            read = message
            for update in since:
                read = change_message(read, update, self._viewer_id)
            self.messages[read.id] = choose_newer(self.messages.get(read.id), read)

    def _in_order(self) -> list[Message]:
        return sorted(self.messages.values(), key=lambda it: it.seq)

    def _set(self, **values: object) -> None:
        self.conversation = self.conversation.model_copy(update=values)

    def _follow(self, update: Update) -> None:
        if update.seq <= self.position.seq:
            return
        if update.seq > self.position.seq + 1:
            raise Gap(f"{update.seq} came after {self.position.seq}")
        self.position = Position(epoch=self.position.epoch, seq=update.seq)
        self._recent.append(update)
        self._change_messages(update)
        self._change_conversation(update)
        if update.seq > self._counted_at:
            self._counted_at = update.seq
            self._count(update)

    def _change_messages(self, update: Update) -> None:
        for message in _find_concerned(update, self.messages):
            self.messages[message.id] = change_message(message, update, self._viewer_id)
        arrived = find_arrived(update)
        if arrived and arrived.id not in self.messages:
            self.messages[arrived.id] = arrived

    def _change_conversation(self, update: Update) -> None:
        self._set(head=max(self.conversation.head, update.seq))
        self._refresh_last(update)
        match update:
            case MemberJoined():
                self._set(member_count=update.member_count, people=self._list_people(update))
            case MemberChanged() if update.user.id == self._viewer_id:
                self._set(role=update.role)
            case ConversationChanged():
                shared = update.conversation
                self._set(**{name: getattr(shared, name) for name in shared.model_fields_set})
            case _:
                pass

    def _list_people(self, moved: MemberJoined) -> list[object] | None:
        if self.conversation.people is None:
            return None
        others = [it for it in self.conversation.people if it.id != moved.user.id]
        return [*others] if isinstance(moved, MemberLeft) else [*others, moved.user]

    def _refresh_last(self, update: Update) -> None:
        last, arrived = self.conversation.last_message, find_arrived(update)
        if arrived and arrived.number is not None and arrived.seq > (last.seq if last else 0):
            self._set(last_message=arrived)
        elif last:
            self._set(last_message=change_message(last, update, self._viewer_id))

    # Counts

    def _recount(self, counts: Head | Read, *, read: int) -> None:
        """Take counts that are true as of their `head`, and count on what was applied since."""
        self._set(read=read, unread_count=counts.unread_count, mention_count=counts.mention_count)
        self._counted_at = max(self.position.seq, counts.head)
        for update in self._recent:
            if update.seq > counts.head:
                self._count(update)

    def _count(self, update: Update) -> None:
        if not isinstance(update, MessagePosted):
            return
        message, known = update.message, self.conversation
        self._set(messages=max(known.messages, message.number or 0))
        if message.author.id == self._viewer_id:
            if message.number is not None:
                self._set(read=update.seq, unread_count=0, mention_count=0)
        elif update.seq > known.read:
            mentioned = bool({self._viewer_id, "here", "everyone"} & set(message.mentions))
            self._set(
                unread_count=known.unread_count + (message.number is not None),
                mention_count=known.mention_count + mentioned,
            )


def find_arrived(update: Update) -> Message | None:
    """Return the message that an update puts into the log: what was said, or its system line."""
    return None if isinstance(update, MessageEdited) else getattr(update, "message", None)


def _find_concerned(update: Update, messages: dict[str, Message]) -> list[Message]:
    """Find what an update may change: its message, and the root of the thread it is in."""
    message = getattr(update, "message", None)
    ids = {
        getattr(update, "message_id", None),
        getattr(update, "thread_id", None),
        message and message.id,
        message and message.thread_id,
    }
    return [messages[it] for it in ids if it in messages]
