"""C4: everybody sees the same log: without a gap, in its order, with the same messages in the same places."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from tertulia.chaos.checkers.posts import message_id
from tertulia.chaos.checkers.sightings import Sighting, sightings
from tertulia.chaos.history import Final, Heard, History, Update
from tertulia.chaos.violations import Violation


def check(history: History) -> list[Violation]:
    """Every view of the end for gaps, and everything heard against the end."""
    found: list[Violation] = []
    for view in history.views:
        found += _check_dense(view)
    logs = {it.conversation_id: _by_seq(it) for it in history.finals.values()}
    for sighting in sightings(history):
        found += _check_steps(sighting, sighting.live, "live")
        found += _check_steps(sighting, sighting.caught_up, "by catch-up")
        log = logs.get(sighting.began.conversation_id)
        final = history.finals.get(sighting.began.conversation_id)
        if log is not None and final is not None and final.epoch == sighting.began.epoch:
            found += _check_same(sighting, log)
    return found


def _by_seq(final: Final) -> dict[int, Update]:
    return {update["seq"]: update for update in final.updates}


def _check_dense(view: Final) -> Iterator[Violation]:
    for wanted, update in enumerate(view.updates, start=1):
        if update["seq"] != wanted:
            says = f"{view.by} finds {update['seq']} at place {wanted} of {view.conversation_id}"
            yield Violation("C4", says)
            return


def _check_steps(sighting: Sighting, heard: Iterable[Heard], how: str) -> Iterator[Violation]:
    for before, after in pairwise(heard):
        if after.seq != before.seq + 1:
            says = f"{sighting.name} heard {after.seq} after {before.seq}, {how}"
            yield Violation("C4", says, (before, after))


def _check_same(sighting: Sighting, log: dict[int, Update]) -> Iterator[Violation]:
    for heard in (*sighting.live, *sighting.caught_up):
        final = log.get(heard.seq)
        if final is None:
            says = f"{sighting.name} heard {heard.seq}, which is not there at the end"
            yield Violation("C4", says, (heard,))
        elif (reason := _difference(heard.update, final)) is not None:
            says = f"{sighting.name} heard at {heard.seq} {reason}"
            yield Violation("C4", says, (heard,))


def _difference(heard: Update, final: Update) -> str | None:
    """What two views of one update differ in; a text may change only by an edit or a deletion."""
    mine, other = (heard["type"], message_id(heard)), (final["type"], message_id(final))
    if mine != other:
        return f"{mine}, and at the end it is {other}"
    text, now = heard.get("message"), final.get("message")
    if text and now and text["text"] != now["text"] and not _is_changed(now):
        return f"“{text['text']}”, and at the end it says “{now['text']}”"
    return None


def _is_changed(message: Update) -> bool:
    return message["edited_at"] is not None or message["deleted_at"] is not None
