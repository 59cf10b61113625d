"""The reference reducer: what a client makes of what it is told (protocol.md, The log and Sockets)."""

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

Body = dict[str, Any]

DELETED: Body = {
    "text": "",
    "data": None,
    "attachments": [],
    "reactions": [],
    "mentions": [],
    "reply_to": None,
    "pinned_at": None,
}
"""What a tombstone no longer has."""


class Gap(Exception):
    """An update came that is not the next one."""


class Reducer:
    """All that one person sees, moved by what that person is told.

    `conversations` holds them by id as that person sees them; `messages` those of each by id, threads
    included; `members` the role of each by user id; `spaces` and `people` are by id.
    """

    def __init__(self, viewer_id: str, seen: Body) -> None:
        self.viewer_id = viewer_id
        self.conversations: dict[str, Body] = deepcopy(seen["conversations"])
        self.messages: dict[str, dict[str, Body]] = deepcopy(seen["messages"])
        self.members: dict[str, dict[str, str]] = deepcopy(seen["members"])
        self.spaces: dict[str, Body] = deepcopy(seen["spaces"])
        self.people: dict[str, Body] = deepcopy(seen["people"])
        self.new: set[str] = set()
        """Conversations that were added: a client asks for their first page."""

    def told(self, name: str, body: Body) -> None:
        """Take one event of the socket."""
        service, _, word = name.partition(".")
        if "seq" in body and "type" in body:
            self.update(body)
        elif service == "conversations":
            getattr(self, f"_told_{word}")(body)
        elif name == "accounts.user_changed":
            self._know(body["user"])

    def update(self, update: Body) -> None:
        """Apply an update of a log, unless it is known. Raises `Gap`."""
        conversation = self.conversations.get(update["conversation_id"])
        if conversation is None or update["seq"] <= conversation["head"]:
            return
        if update["seq"] != conversation["head"] + 1:
            raise Gap(f"{update['seq']} after {conversation['head']}")
        conversation["head"] = update["seq"]
        log = _Log(self, conversation)
        if "message" in update:
            log.keep(update["message"])
        log.apply(update)

    def stand(self, conversation_id: str, head: Body) -> None:
        """Take one of the heads of `gateway.ready` or of a catch-up: what is one's own there."""
        known = self.conversations[conversation_id]
        known.update({name: head[name] for name in ("read", "unread_count", "mention_count")})

    # --- outside the sequence -------------------------------------------------------------------

    def _told_added(self, body: Body) -> None:
        conversation = body["conversation"]
        self.conversations[conversation["id"]] = deepcopy(conversation)
        self.new.add(conversation["id"])

    def _told_removed(self, body: Body) -> None:
        self.forget(body["conversation_id"])

    def forget(self, conversation_id: str) -> None:
        """A conversation is one's own no more."""
        for known in (self.conversations, self.messages, self.members):
            known.pop(conversation_id, None)
        self.new.discard(conversation_id)

    def _told_read(self, body: Body) -> None:
        conversation = self.conversations[body["conversation_id"]]
        conversation["read"] = body["seq"]
        for name in ("unread_count", "mention_count"):
            conversation[name] = body[name]

    def _told_settings_changed(self, body: Body) -> None:
        self.conversations[body["conversation_id"]]["muted"] = body["muted"]

    def _told_space_added(self, body: Body) -> None:
        self.spaces[body["space"]["id"]] = body["space"]

    def _told_space_removed(self, body: Body) -> None:
        del self.spaces[body["space_id"]]

    def _told_space_changed(self, body: Body) -> None:
        self.spaces[body["space_id"]].update(name=body["name"], wall=body["wall"])

    def _know(self, user: Body) -> None:
        self.people[user["id"]] = user

    def meet(self, user: Body) -> None:
        """Somebody is shown as they are now."""
        self._know(user)


class _Log:
    """One conversation, as its updates change it."""

    def __init__(self, reducer: Reducer, conversation: Body) -> None:
        self._reducer = reducer
        self._viewer_id = reducer.viewer_id
        self._conversation = conversation
        self._messages = reducer.messages.setdefault(conversation["id"], {})
        self._members = reducer.members.setdefault(conversation["id"], {})

    def apply(self, update: Body) -> None:
        """Do what an update of this type means."""
        getattr(self, f"_{update['type']}")(update)

    def keep(self, message: Body) -> None:
        """A message as it is now."""
        self._messages[message["id"]] = deepcopy(message)
        self._reducer.meet(message["author"])
        self._refresh_last()

    def _refresh_last(self) -> None:
        last = [
            message
            for message in self._messages.values()
            if message["number"] == self._conversation["messages"] > 0
        ]
        self._conversation["last_message"] = last[0] if last else None

    def _change(self, message_id: str, **values: Any) -> None:
        if message_id in self._messages:
            self._messages[message_id].update(values)
            self._refresh_last()

    # --- messages -------------------------------------------------------------------------------

    def _message_posted(self, update: Body) -> None:
        message = update["message"]
        self._count(message)
        self._replies(message["thread_id"], update)

    def _count(self, message: Body) -> None:
        mine = message["author"]["id"] == self._viewer_id
        mentioned = {self._viewer_id, "here", "everyone"} & set(message["mentions"])
        self._conversation["mention_count"] += bool(mentioned) and not mine
        if message["number"] is None:
            return
        self._conversation["messages"] = message["number"]
        self._conversation["unread_count"] += 1
        self._refresh_last()
        if mine:
            self._conversation.update(read=message["seq"], unread_count=0, mention_count=0)

    def _replies(self, thread_id: str | None, update: Body) -> None:
        if thread_id is not None:
            self._change(thread_id, reply_count=update["reply_count"])

    def _message_edited(self, update: Body) -> None:
        """The message has come with the update."""

    def _message_deleted(self, update: Body) -> None:
        gone = {**deepcopy(DELETED), "deleted_at": update["at"], "undone": update["undone"]}
        self._change(update["message_id"], **gone)
        self._replies(update.get("thread_id"), update)

    def _reaction_added(self, update: Body) -> None:
        self._react(update, [update["user_id"]])

    def _reaction_removed(self, update: Body) -> None:
        self._react(update, [])

    def _react(self, update: Body, added: list[str]) -> None:
        message = self._messages.get(update["message_id"])
        if message is None:
            return
        reactions = message["reactions"]
        known = next((it for it in reactions if it["emoji"] == update["emoji"]), None)
        if known is None:
            known = {"emoji": update["emoji"], "user_ids": []}
            reactions.append(known)
        others = [it for it in known["user_ids"] if it != update["user_id"]]
        known.update(count=update["count"], user_ids=others + added)
        self._change(message["id"], reactions=[it for it in reactions if it["count"]])

    def _message_pinned(self, update: Body) -> None:
        self._change(update["message_id"], pinned_at=update["at"])

    def _message_unpinned(self, update: Body) -> None:
        self._change(update["message_id"], pinned_at=None)

    # --- members --------------------------------------------------------------------------------

    def _member_joined(self, update: Body) -> None:
        self._members[update["user"]["id"]] = update["role"]
        self._move(update, [update["user"]])

    def _member_left(self, update: Body) -> None:
        self._members.pop(update["user"]["id"], None)
        self._move(update, [])

    def _move(self, update: Body, added: Iterable[Body]) -> None:
        self._reducer.meet(update["user"])
        self._conversation["member_count"] = update["member_count"]
        people = self._conversation["people"]
        if people is not None:
            others = [it for it in people if it["id"] != update["user"]["id"]]
            self._conversation["people"] = [*others, *added]

    def _member_changed(self, update: Body) -> None:
        self._reducer.meet(update["user"])
        self._members[update["user"]["id"]] = update["role"]
        if update["user"]["id"] == self._viewer_id:
            self._conversation["role"] = update["role"]

    def _conversation_changed(self, update: Body) -> None:
        self._conversation.update(deepcopy(update["conversation"]))
