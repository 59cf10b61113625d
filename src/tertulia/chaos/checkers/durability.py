"""C1: what was acknowledged is in the log, where the acknowledgement said. C10: what failed is not."""

from collections.abc import Iterator

from tertulia.chaos.checkers.posts import Post, Posts, acknowledged_seq
from tertulia.chaos.history import History, Operation, Record
from tertulia.chaos.violations import Violation


def check(history: History) -> list[Violation]:
    """Every post against the logs at the end."""
    posts = Posts(history)
    found: list[Violation] = []
    for post in posts.sent.values():
        if post.conversation_id in history.finals:
            found += _check_kept(posts, post)
            found += _check_failed(posts, post)
    return found


def _check_kept(posts: Posts, post: Post) -> Iterator[Violation]:
    acknowledged = post.acknowledged
    if acknowledged is None:
        return
    places = posts.places.get(post.id)
    told = acknowledged_seq(acknowledged)
    if not places:
        says = f"message {post.id} was acknowledged as {told} and is in no log"
        yield Violation("C1", says, acknowledged.records)
    elif told not in {None, *(it.seq for it in places)}:
        says = f"message {post.id} was acknowledged as {told} and stands at {places[0].seq}"
        yield Violation("C1", says, acknowledged.records)


def _check_failed(posts: Posts, post: Post) -> Iterator[Violation]:
    places = posts.places.get(post.id)
    if places and post.all_failed:
        says = f"message {post.id} failed at every try and stands at {places[0].seq}"
        yield Violation("C10", says, _records(post.tries))


def _records(tries: list[Operation]) -> tuple[Record, ...]:
    return tuple(record for each in tries for record in each.records)
