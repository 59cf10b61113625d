"""C2: one id, one message; one position, one update; and all views of the end agree."""

from collections.abc import Iterator

from tertulia.chaos.checkers.posts import Post, Posts, acknowledged_message, message_id
from tertulia.chaos.history import Final, History
from tertulia.chaos.violations import Violation


def check(history: History) -> list[Violation]:
    """Ids in the logs and in acknowledgements, and every view of a log against the first."""
    posts = Posts(history)
    found: list[Violation] = []
    for id_, places in posts.places.items():
        if len(places) > 1:
            seqs = ", ".join(str(place.seq) for place in places)
            sent = posts.sent.get(id_)
            records = tuple(r for each in sent.tries for r in each.records) if sent else ()
            found.append(Violation("C2", f"message {id_} was posted at {seqs}", records))
    for post in posts.sent.values():
        found += _check_acknowledgements(post)
    for view in history.views:
        found += _check_view(history.finals[view.conversation_id], view)
    return found


def _check_acknowledgements(post: Post) -> Iterator[Violation]:
    answered = [it for it in post.tries if it.end == "ok" and acknowledged_message(it)]
    for other in answered[1:]:
        told, first = acknowledged_message(other), acknowledged_message(answered[0])
        if (told.get("id"), told.get("seq")) != (post.id, first.get("seq")):
            says = f"message {post.id} was acknowledged as {first.get('seq')}, and then as {told.get('id')} at {told.get('seq')}"
            yield Violation("C2", says, (*answered[0].records, *other.records))
            return


def _check_view(first: Final, view: Final) -> Iterator[Violation]:
    if view is first:
        return
    name, ours, theirs = view.conversation_id, _outline(first), _outline(view)
    if view.epoch != first.epoch or len(ours) != len(theirs):
        says = (
            f"{first.by} sees {len(ours)} updates of {name} in epoch {first.epoch},"
            f" {view.by} {len(theirs)} in {view.epoch}"
        )
        yield Violation("C2", says)
    for mine, other in zip(ours, theirs, strict=False):
        if mine != other:
            says = f"in {name} {first.by} sees {mine}, and {view.by} sees {other}"
            yield Violation("C2", says)
            return


def _outline(final: Final) -> list[tuple[int, str, str]]:
    return [(it["seq"], it["type"], message_id(it)) for it in final.updates]
