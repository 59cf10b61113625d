"""The defects, each of a kind that servers like this one have had."""

from tertulia.chaos.mutants import cluster, inline, service, storage
from tertulia.chaos.mutants.mutant import Mutant, Patch
from tertulia.chaos.power.promises import IMAGE, ORDER

_BATCHES, _SQLITE = storage.BATCHES, storage.SQLITE
_INLINE = "tertulia.kit.db.inline:InlineDatabase"
_BATCH = "tertulia.conversations.handlers.posting:_Batch"

_ALL = (
    Mutant(
        "ack_before_commit",
        "answers, then commits",
        (Patch(f"{_BATCHES}:_carry_out", storage.answer_at_once),),
        frozenset({ORDER}),
        "power",
    ),
    Mutant(
        "synchronous_normal",
        "commits without syncing",
        (Patch(f"{_SQLITE}:_pragmas", storage.sync_seldom),),
        frozenset({IMAGE}),
        "power",
    ),
    Mutant(
        "publish_before_commit",
        "tells others what is not committed yet",
        (Patch("tertulia.kit.outbox.events:after_commit", storage.tell_at_once),),
        frozenset({ORDER}),
        "power",
    ),
    Mutant(
        "retry_after_failed_sync",
        "goes on after the disk failed to keep what was written",
        (Patch(f"{_SQLITE}:_die_of_lost_sync", storage.forgive),),
        frozenset({ORDER}),
        "power",
        inject="fdatasync:error=EIO:when=40",
    ),
    Mutant(
        "answer_early",
        "answers, then dies before it commits",
        (Patch(f"{_INLINE}._finish", inline.answer_early),),
        frozenset({"C1"}),
        "simulation",
    ),
    Mutant(
        "publish_early",
        "tells others, then dies before it commits",
        (Patch(f"{_INLINE}._finish", inline.publish_early),),
        frozenset({"C3", "C4"}),
        "simulation",
    ),
    Mutant(
        "no_unique_id",
        "a message sent twice is two messages",
        (Patch(f"{_BATCH}._decide", service.forget_ids),),
        frozenset({"C2", "C3"}),
        "simulation",
    ),
    Mutant(
        "ids_in_memory",
        "knows ids until it is started again",
        (Patch(f"{_BATCH}._decide", service.remember_ids_in_memory),),
        frozenset({"C2", "C3"}),
        "simulation",
    ),
    Mutant(
        "a_task_each",
        "carries the commands of a connection out beside each other",
        (Patch("tertulia.gateway.live.turns:Turns.take", service.a_task_each),),
        frozenset({"C5", "C6"}),
        "simulation",
    ),
    Mutant(
        "resume_from_the_last",
        "resumes with what the client has",
        (Patch("tertulia.conversations.store.log:list_after", service.read_from_the_last),),
        frozenset({"C7"}),
        "simulation",
    ),
    Mutant(
        "stay_in_the_room",
        "forgets to take who is removed out of the room",
        (Patch("tertulia.gateway.live.audience:Audience._leave", service.stay_in_the_room),),
        frozenset({"C9"}),
        "simulation",
    ),
    Mutant(
        "holes",
        "numbers updates by a sequence that leaves holes",
        (Patch(f"{_BATCH}._accept", service.leave_holes),),
        frozenset({"C4"}),
        "simulation",
    ),
    Mutant(
        "refuse_what_is_done",
        "refuses what it has written",
        (Patch("tertulia.kit.bus.local:LocalBus.ask", service.refuse_what_is_done),),
        frozenset({"C10"}),
        "simulation",
    ),
    Mutant(
        "forget_to_follow",
        "overlooks what another service tells of a person",
        (Patch("tertulia.conversations.store.people:change_user", service.forget_to_follow),),
        frozenset({"C8"}),
        "live",
    ),
    Mutant(
        "hear_as_it_comes",
        "tells what the bus brings in the order in which it comes",
        (Patch("tertulia.gateway.cluster.following:Following.hear", cluster.hear_as_it_comes),),
        frozenset({"C4", "C7"}),
        "split",
    ),
)

MUTANTS = {mutant.name: mutant for mutant in _ALL}
