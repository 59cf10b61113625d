"""What a record must show by itself, and what every image built from it must hold.

The order of the record proves G1 for all points at once, the images prove that the order is enough.
"""

import bisect
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tertulia.chaos.power.calls import Call, Synced, Wrote
from tertulia.chaos.power.recording import Recording
from tertulia.chaos.power.wire import Acknowledged, Fact, Told
from tertulia.chaos.violations import Violation

FRAME_HEADER = 24
"""Of a frame of the WAL, https://www.sqlite.org/fileformat2.html#walformat."""
_IDS = re.compile(rb"(?=([0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}))")


ORDER = "power: order"
IMAGE = "power: image"
"""Who says so."""


def check_order(recording: Recording) -> list[Violation]:
    """Acknowledgements that went out before their rows were synced, or after a sync had failed."""
    wal = [call for call in recording.calls if _is_of_wal(call)]
    return [*_unsynced(recording.facts, wal), *_after_failure(recording.facts, wal)]


def _is_of_wal(call: Call) -> bool:
    return isinstance(call, Wrote | Synced) and call.path.endswith("-wal")


def _unsynced(facts: Sequence[Fact], wal: Sequence[Call]) -> Iterator[Violation]:
    synced = _lines_of_commits(wal)
    for fact in facts:
        id_ = fact.message_id
        if id_ is not None and synced.get(id_, fact.line) >= fact.line:
            yield Violation(ORDER, f"line {fact.line}: {id_} {_how(fact)}, not synced")


def _how(fact: Fact) -> str:
    return "acknowledged" if isinstance(fact, Acknowledged) else "heard"


def _lines_of_commits(wal: Sequence[Call]) -> dict[str, int]:
    """By the ids in it, where the transaction that wrote each first was on stable storage."""
    syncs = sorted(
        (call.start, call.end)
        for call in wal
        if isinstance(call, Synced) and not call.failed and call.end is not None
    )
    found: dict[str, int] = {}
    for ids, committed in _commits(call for call in wal if isinstance(call, Wrote)):
        position = bisect.bisect_right(syncs, (committed, math.inf))
        if position < len(syncs):
            for each in ids:
                found.setdefault(each, syncs[position][1])
    return found


def _commits(writes: Iterable[Wrote]) -> Iterator[tuple[set[str], int]]:
    """The ids that each transaction wrote, with the line in which its last write returned."""
    ids, is_last = set[str](), False
    for write in sorted(writes, key=lambda call: call.start):
        if len(write.data) == FRAME_HEADER:
            is_last = write.data[4:8] != bytes(4)
            continue
        ids |= {each.decode() for each in _IDS.findall(write.data)}
        if is_last and write.end is not None:
            yield ids, write.end
            ids, is_last = set(), False


def _after_failure(facts: Sequence[Fact], wal: Sequence[Call]) -> Iterator[Violation]:
    failures = [call.end for call in wal if isinstance(call, Synced) and call.failed and call.end]
    if not failures:
        return
    for fact in facts:
        if isinstance(fact, Acknowledged) and fact.line > min(failures):
            says = f"line {fact.line}: {fact.message_id} acknowledged after a sync had failed"
            yield Violation(ORDER, says)


# --- images ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """What the database of an image holds."""

    messages: dict[str, tuple[str, int]]
    """Conversation and `seq` by message id."""
    updates: dict[tuple[str, int], str]
    """Types by conversation and `seq`."""


def check_told(facts: Iterable[Fact], found: Found) -> Iterator[Violation]:
    """What had been told before the power failed, and is not there."""
    for fact in facts:
        match fact:
            case Acknowledged(line, id_, where, seq) if found.messages.get(id_) != (where, seq):
                yield Violation(
                    IMAGE, f"line {line}: {id_} acknowledged as {where} {seq}, and lost"
                )
            case Told(line, where, seq, type_, _) if found.updates.get((where, seq)) != type_:
                yield Violation(IMAGE, f"line {line}: {type_} {where} {seq} heard, and lost")
            case _:
                pass
