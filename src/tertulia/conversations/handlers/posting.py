"""Posting: the unit that takes all waiting messages together (docs/adr/0008)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tertulia.conversations.contract.errors import IdInUse
from tertulia.conversations.contract.messages import MessagePosting, MessageView, PostMessage
from tertulia.conversations.handlers.desk import Desk
from tertulia.conversations.rules.mentions import named, resolved
from tertulia.conversations.rules.messages import MessageState, check_quoted, check_root
from tertulia.conversations.rules.permissions import Level
from tertulia.conversations.rules.places import Place, check_speaker, level_in, may_read
from tertulia.conversations.store import (
    conversations,
    log,
    marks,
    mentions,
    message_views,
    messages,
    people,
    places,
)
from tertulia.conversations.store.places import Pair
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError
from tertulia.kernel.ids import new_id
from tertulia.kit.db import Call, Connection, Outcome


@dataclass(frozen=True, slots=True)
class _Known:
    """A message that is there already, or comes with this batch."""

    id: str
    created: bool


class Posting(Desk):
    """Decides all calls in memory, then writes those accepted at once."""

    def post_message(self, connection: Connection, calls: Sequence[Call]) -> Sequence[Outcome]:
        """See `PostMessage`."""
        batch = _Batch(self, connection, calls)
        decided = [batch.decide(call) for call in calls]
        posted = batch.write(connection)
        known = [it.id for it in decided if isinstance(it, _Known) and not it.created]
        rows = messages.find(connection, known)
        return [
            self._outcome(connection, each, posted, rows, call)
            for each, call in zip(decided, calls, strict=True)
        ]

    def _outcome(
        self,
        connection: Connection,
        decided: _Known | AppError,
        posted: dict[str, MessageView],
        rows: dict[str, Any],
        call: Call,
    ) -> Outcome:
        if isinstance(decided, AppError):
            return decided
        if decided.created:
            return MessagePosting.trusted({"message": posted[decided.id], "created": True})
        view = self.shown(connection, [rows[decided.id]], call.actor)[0]
        return MessagePosting(message=view, created=False)


class _Batch:
    """The state of one run: what all its calls need, and what was accepted so far."""

    def __init__(self, desk: Desk, connection: Connection, calls: Sequence[Call]) -> None:
        self._desk = desk
        self._now = desk.now()
        requests: list[PostMessage] = [call.request for call in calls]
        self._names = [named(request.text) for request in requests]
        self._people = people.find_by_usernames(connection, _candidates(self._names))
        pairs = {(c.request.conversation_id, c.actor.id) for c in calls}
        self._places = places.find_places(connection, pairs | self._mentioned_pairs(calls))
        rows = messages.find(connection, messages.taken(connection, _named_ids(requests)))
        self._known = {row.id: messages.state(row) for row in rows.values()}
        self._heads = {p.id: (p.head, p.messages) for p in self._places.values()}
        self._fresh: dict[str, dict[str, Any]] = {}
        self._accepted: list[tuple[dict[str, Any], list[str], Actor]] = []
        self._next = 0

    def _mentioned_pairs(self, calls: Sequence[Call]) -> set[Pair]:
        return {
            (call.request.conversation_id, self._people[name])
            for call, names in zip(calls, self._names, strict=True)
            for readings in names
            for name in readings
            if name in self._people
        }

    def decide(self, call: Call) -> _Known | AppError:
        """Accept the next call, or say why not. Writes nothing."""
        names = self._names[self._next]
        self._next += 1
        try:
            return self._decide(call.request, call.actor, names)
        except AppError as refusal:
            return refusal

    def _decide(self, request: PostMessage, actor: Actor, names: list[list[str]]) -> _Known:
        found = self._places.get((request.conversation_id, actor.id))
        place = self._desk.readable(found, actor)
        if request.id is not None and (known := self._find(request.id)) is not None:
            _check_same(known, place, actor)
            return _Known(request.id, created=False)
        check_speaker(place)
        if request.thread_id is not None:
            check_root(self._find(request.thread_id), place.id)
        if request.reply_to is not None:
            check_quoted(self._find(request.reply_to), place.id)
        return self._accept(request, actor, place, names)

    def _find(self, message_id: str) -> MessageState | None:
        """A message that is there, or was accepted in this batch."""
        fresh = self._fresh.get(message_id)
        return self._known.get(message_id) if fresh is None else _state(fresh)

    def _accept(
        self, request: PostMessage, actor: Actor, place: Place, names: list[list[str]]
    ) -> _Known:
        row = _row(request, actor, self._now)
        head, count = self._heads[place.id]
        row["seq"] = head + 1
        if row["in_timeline"]:
            count += 1
            row["number"] = count
        self._heads[place.id] = (head + 1, count)
        self._accepted.append((row, self._targets(place, actor, names), actor))
        self._fresh[row["id"]] = row
        return _Known(row["id"], created=True)

    def _targets(self, place: Place, actor: Actor, names: list[list[str]]) -> list[str]:
        if not names:
            return []
        readers = {
            username: user_id
            for username, user_id in self._people.items()
            if (theirs := self._places.get((place.id, user_id))) and may_read(theirs, "person")
        }
        may_everyone = level_in(place, actor) >= Level.MODERATOR
        return resolved(names, readers, may_everyone=may_everyone)

    def write(self, connection: Connection) -> dict[str, MessageView]:
        """Write what was accepted and tell it; the messages by id."""
        if not self._accepted:
            return {}
        rows = [row for row, _, _ in self._accepted]
        actors = {actor.id: actor for _, _, actor in self._accepted}
        authors = people.ensure_people(connection, actors.values())
        messages.post(connection, rows)
        mentions.add(
            connection, [each for row, to, _ in self._accepted for each in mentions.rows(row, to)]
        )
        conversations.move_heads(connection, self._moved(rows))
        marks.place(connection, _authors_marks(rows))
        replies = _count_replies(connection, rows)
        shown = [
            message_views.posted(row, authors[actor.id], to, replies.get(row["id"], 0))
            for row, to, actor in self._accepted
        ]
        log.record_posted(connection, shown, replies)
        return {message.id: message for message in shown}

    def _moved(self, rows: Sequence[dict[str, Any]]) -> dict[str, tuple[int, int]]:
        return {row["conversation_id"]: self._heads[row["conversation_id"]] for row in rows}


def _count_replies(connection: Connection, rows: Sequence[dict[str, Any]]) -> dict[str, int]:
    """Count the new replies; the counts of the threads that have some, by the ids of their roots."""
    added = Counter(row["thread_id"] for row in rows if row["thread_id"] is not None)
    return {root: messages.add_replies(connection, root, count) for root, count in added.items()}


def _candidates(names: Sequence[list[list[str]]]) -> set[str]:
    return {name for of_text in names for readings in of_text for name in readings}


def _named_ids(requests: Sequence[PostMessage]) -> set[str]:
    named_ = {each for r in requests for each in (r.id, r.reply_to, r.thread_id)}
    return {each for each in named_ if each is not None}


def _check_same(known: MessageState, place: Place, actor: Actor) -> None:
    if (known.author_id, known.conversation_id) != (actor.id, place.id) or known.kind == "system":
        raise IdInUse


def _row(request: PostMessage, actor: Actor, now: datetime) -> dict[str, Any]:
    in_thread = request.thread_id is not None
    return {
        **messages.BLANK,
        "id": request.id or new_id(),
        "conversation_id": request.conversation_id,
        "author_id": actor.id,
        "text": request.text,
        "in_timeline": not in_thread or request.also_in_channel,
        "reply_to": request.reply_to,
        "thread_id": request.thread_id,
        "also_in_channel": in_thread and request.also_in_channel,
        "created_at": now,
    }


def _state(row: dict[str, Any]) -> MessageState:
    return MessageState(
        id=row["id"],
        conversation_id=row["conversation_id"],
        author_id=row["author_id"],
        kind="text",
        thread_id=row["thread_id"],
        deleted=False,
        created_at=row["created_at"],
        seq=row["seq"],
    )


def _authors_marks(rows: Sequence[dict[str, Any]]) -> list[marks.Mark]:
    """Posting a timeline message moves its author's mark to it."""
    last = {
        (row["conversation_id"], row["author_id"]): row for row in rows if row["number"] is not None
    }
    return [marks.Mark(*pair, row["seq"], row["number"]) for pair, row in last.items()]
