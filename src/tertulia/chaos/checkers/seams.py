"""C7: a client that returns at a position hears what came after it exactly once: missed, then live.

On the wire the two may overlap, since both are read while others write; a client drops what it has
(protocol.md, The log). Each by itself has no double, and together they leave nothing out.
"""

from collections.abc import Iterator

from tertulia.chaos.checkers.sightings import Sighting, sightings
from tertulia.chaos.history import Final, Heard, History, Record
from tertulia.chaos.violations import Violation


def check(history: History) -> list[Violation]:
    """Every sighting from its cursor on; those that last to the end up to the head."""
    found: list[Violation] = []
    for sighting in sightings(history):
        final = history.finals.get(sighting.began.conversation_id)
        found += _check_start(sighting)
        found += _check_seam(sighting)
        if final is not None and sighting.whole:
            found += _check_end(sighting, final)
    return found


def _check_start(sighting: Sighting) -> Iterator[Violation]:
    """What is caught up begins right after the cursor: at it would be a double, later a gap."""
    wanted = sighting.began.seq + 1
    if sighting.caught_up and sighting.caught_up[0].seq != wanted:
        first = sighting.caught_up[0]
        says = f"{sighting.name} resumed at {sighting.began.seq} and was given {first.seq} first"
        yield Violation("C7", says, (sighting.began, first))


def _check_seam(sighting: Sighting) -> Iterator[Violation]:
    """Live updates begin at what follows the cursor or what was caught up, or before.

    A connection that ended may have done so before its catch-up: the next one starts where it was.
    """
    if not sighting.live or not sighting.whole:
        return
    first, reached = sighting.live[0], _reached(sighting)
    if first.seq > reached + 1:
        says = f"{sighting.name} caught up to {reached}, and heard {first.seq} first"
        yield Violation("C7", says, (*_last_caught_up(sighting), first))


def _check_end(sighting: Sighting, final: Final) -> Iterator[Violation]:
    if final.epoch != sighting.began.epoch:
        says = f"{sighting.name} went on in epoch {sighting.began.epoch}; it is {final.epoch} now"
        yield Violation("C7", says, (sighting.began,))
        return
    head = len(final.updates)
    heard = max([_reached(sighting), *(it.seq for it in sighting.live[-1:])])
    if heard < head:
        says = f"{sighting.name} heard nothing above {heard}; the head is {head}"
        yield Violation("C7", says, (sighting.began, *_last_heard(sighting)))


def _reached(sighting: Sighting) -> int:
    """How far the catch-up came."""
    return sighting.caught_up[-1].seq if sighting.caught_up else sighting.began.seq


def _last_caught_up(sighting: Sighting) -> tuple[Record, ...]:
    return (sighting.began, *sighting.caught_up[-1:])


def _last_heard(sighting: Sighting) -> tuple[Heard, ...]:
    heard = [*sighting.caught_up[-1:], *sighting.live[-1:]]
    return tuple(sorted(heard, key=lambda it: it.seq)[-1:])
