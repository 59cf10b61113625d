"""C5: the messages of one connection stand in the order sent. C6: so do those of real time, and reads keep up."""

from collections.abc import Iterator
from dataclasses import dataclass

from tertulia.chaos.checkers.posts import Post, Posts
from tertulia.chaos.history import History, Operation, Record
from tertulia.chaos.violations import Violation

READ = "conversations.list_updates"


def check(history: History) -> list[Violation]:
    """Positions against the order of asking, and against the order of asking after an answer."""
    posts = Posts(history)
    return [*_check_senders(history, posts), *_check_real_time(history, posts)]


def _check_senders(history: History, posts: Posts) -> Iterator[Violation]:
    """Over a socket only: several HTTP calls under way have no order.

    What was refused or lost may be sent again after what followed it, so only a message whose first try
    was acknowledged must stand before those that were sent after it; and of these only they that nobody
    sent elsewhere at the same time.
    """
    sockets = {record.client for record in history.beginnings}
    highest: dict[tuple[str, str], tuple[int, Post]] = {}
    for post, seq in sorted(posts.known(), key=lambda it: it[0].first.invoked.at):
        sender = (post.first.invoked.client, post.conversation_id)
        if sender[0] not in sockets or _was_sent_elsewhere(post):
            continue
        before, earlier = highest.get(sender, (0, post))
        if seq < before:
            says = (
                f"{sender[0]} sent {earlier.id} before {post.id};"
                f" they stand at {before} and {seq} of {sender[1]}"
            )
            yield Violation("C5", says, (earlier.first.invoked, post.first.invoked))
        if post.first.end == "ok" and seq > before:
            highest[sender] = (seq, post)


def _was_sent_elsewhere(post: Post) -> bool:
    """Whether another client sent it before it was acknowledged: it may have come in by that way."""
    acknowledged = post.acknowledged
    until = acknowledged.ended.at if acknowledged and acknowledged.ended else float("inf")
    client = post.first.invoked.client
    return any(it.invoked.client != client and it.invoked.at < until for it in post.tries)


@dataclass(frozen=True)
class _Known:
    """From `at` on it is known that a conversation has come to `seq`."""

    at: int
    conversation_id: str
    seq: int
    record: Record | None


@dataclass(frozen=True)
class _Asked:
    """What was asked for at `at` must show at least what was known before."""

    at: int
    conversation_id: str
    seq: int
    operation: Operation


def _check_real_time(history: History, posts: Posts) -> Iterator[Violation]:
    """Sorted by time, with the running maximum of what was known."""
    moments = [*_posts(posts), *_reads(history)]
    highest: dict[str, _Known] = {}
    for moment in sorted(moments, key=lambda it: (it.at, isinstance(it, _Known))):
        known = highest.get(moment.conversation_id)
        if isinstance(moment, _Known):
            if known is None or moment.seq > known.seq:
                highest[moment.conversation_id] = moment
        elif known is not None and _is_behind(moment, known):
            yield _violation(moment, known)


def _posts(posts: Posts) -> Iterator[_Known | _Asked]:
    for post, seq in posts.known():
        where, acknowledged = post.conversation_id, post.acknowledged
        yield _Asked(post.first.invoked.at, where, seq, post.first)
        if acknowledged is not None and acknowledged.ended is not None:
            yield _Known(acknowledged.ended.at, where, seq, acknowledged.ended)


def _reads(history: History) -> Iterator[_Known | _Asked]:
    for operation in history.of_command(READ):
        if operation.ended is None or operation.end != "ok" or operation.ended.result is None:
            continue
        head = operation.ended.result["head"]
        where = operation.invoked.arguments["conversation_id"]
        yield _Asked(operation.invoked.at, where, head, operation)
        yield _Known(operation.ended.at, where, head, operation.ended)


def _is_behind(asked: _Asked, known: _Known) -> bool:
    """A message must stand above what was known, a read must reach it."""
    if asked.operation.invoked.command == READ:
        return asked.seq < known.seq
    return asked.seq <= known.seq and not _is_same(asked, known)


def _is_same(asked: _Asked, known: _Known) -> bool:
    return known.record is asked.operation.ended and known.record is not None


def _violation(asked: _Asked, known: _Known) -> Violation:
    what = "read" if asked.operation.invoked.command == READ else "sent"
    says = (
        f"{known.seq} of {known.conversation_id} was known before this was {what},"
        f" which came to {asked.seq}"
    )
    records = (known.record, *asked.operation.records) if known.record else asked.operation.records
    return Violation("C6", says, records)
