"""What is derived in the tables of conversations, recomputed: one file a noun, set-based."""

from collections.abc import Sequence

from tertulia.conversations.store.checks import (
    conversations,
    log,
    marks,
    members,
    mentions,
    messages,
    people,
    reactions,
)
from tertulia.kit.upkeep import Check

CHECKS: Sequence[Check] = (
    *log.CHECKS,
    *messages.CHECKS,
    *conversations.CHECKS,
    *members.CHECKS,
    *marks.CHECKS,
    *mentions.CHECKS,
    *reactions.CHECKS,
    *people.CHECKS,
)
