"""What a client makes of updates: the reference that snapshots are compared with."""

from copy import deepcopy
from typing import Any

State = dict[str, Any]
"""`conversation`, as a person sees it, and `messages` by id, those of threads too."""

EMPTY = {"text": "", "data": None, "attachments": [], "reactions": [], "mentions": []}
GONE = {**EMPTY, "reply_to": None, "pinned_at": None}


class Reducer:
    """One person's state of one conversation, moved by what that person is told."""

    def __init__(self, state: State, viewer_id: str) -> None:
        self.state = deepcopy(state)
        self._viewer_id = viewer_id

    @property
    def _conversation(self) -> dict[str, Any]:
        return self.state["conversation"]

    def update(self, update: dict[str, Any]) -> None:
        """Apply the next update of the log."""
        assert update["seq"] == self._conversation["head"] + 1
        self._conversation["head"] = update["seq"]
        if "message" in update:
            self._keep(update["message"])
        if update["type"] == "message_posted":
            self._count(update["message"])
        getattr(self, f"_{update['type']}", lambda _: None)(update)

    def mine(self, told: dict[str, Any]) -> None:
        """Apply what is told to this person alone: a mark that moved, or another setting."""
        if "muted" in told:
            self._conversation["muted"] = told["muted"]
            return
        self._conversation["read"] = told["seq"]
        for name in ("unread_count", "mention_count"):
            self._conversation[name] = told[name]

    def _keep(self, message: dict[str, Any]) -> None:
        self.state["messages"][message["id"]] = message
        self._refresh_last()

    def _count(self, message: dict[str, Any]) -> None:
        mine = message["author"]["id"] == self._viewer_id
        mentioned = {self._viewer_id, "here", "everyone"} & set(message["mentions"])
        self._conversation["mention_count"] += bool(mentioned) and not mine
        if message["number"] is None:
            return
        self._conversation["messages"] = message["number"]
        self._conversation["unread_count"] += 1
        self._refresh_last()
        if mine:
            at = {"read": message["seq"], "unread_count": 0, "mention_count": 0}
            self._conversation.update(at)

    def _refresh_last(self) -> None:
        last = [
            message
            for message in self.state["messages"].values()
            if message["number"] == self._conversation["messages"] > 0
        ]
        self._conversation["last_message"] = last[0] if last else None

    def _change(self, message_id: str, **values: Any) -> None:
        self.state["messages"][message_id].update(values)
        self._refresh_last()

    def _replies(self, thread_id: str | None, update: dict[str, Any]) -> None:
        if thread_id is not None:
            self._change(thread_id, reply_count=update["reply_count"])

    def _message_posted(self, update: dict[str, Any]) -> None:
        self._replies(update["message"]["thread_id"], update)

    def _message_deleted(self, update: dict[str, Any]) -> None:
        gone = {**GONE, "deleted_at": update["at"], "undone": update["undone"]}
        self._change(update["message_id"], **gone)
        self._replies(update.get("thread_id"), update)

    def _reaction_added(self, update: dict[str, Any]) -> None:
        self._react(update, [update["user_id"]])

    def _reaction_removed(self, update: dict[str, Any]) -> None:
        self._react(update, [])

    def _react(self, update: dict[str, Any], added: list[str]) -> None:
        reactions = self.state["messages"][update["message_id"]]["reactions"]
        known = next((it for it in reactions if it["emoji"] == update["emoji"]), None)
        if known is None:
            known = {"emoji": update["emoji"], "user_ids": []}
            reactions.append(known)
        others = [it for it in known["user_ids"] if it != update["user_id"]]
        known.update(count=update["count"], user_ids=others + added)
        kept = [it for it in reactions if it["count"]]
        self._change(update["message_id"], reactions=kept)

    def _message_pinned(self, update: dict[str, Any]) -> None:
        self._change(update["message_id"], pinned_at=update["at"])

    def _message_unpinned(self, update: dict[str, Any]) -> None:
        self._change(update["message_id"], pinned_at=None)

    def _member_joined(self, update: dict[str, Any]) -> None:
        self._move(update, [update["user"]])

    def _member_left(self, update: dict[str, Any]) -> None:
        self._move(update, [])

    def _move(self, update: dict[str, Any], added: list[dict[str, Any]]) -> None:
        self._conversation["member_count"] = update["member_count"]
        people = self._conversation["people"]
        if people is not None:
            others = [it for it in people if it["id"] != update["user"]["id"]]
            self._conversation["people"] = others + added

    def _member_changed(self, update: dict[str, Any]) -> None:
        if update["user"]["id"] == self._viewer_id:
            self._conversation["role"] = update["role"]

    def _conversation_changed(self, update: dict[str, Any]) -> None:
        self._conversation.update(update["conversation"])
