"""The judges of a history. Each is `check(history) -> list[Violation]`, in at most O(n log n).

`C1` what is acknowledged is there · `C2` nothing is there twice · `C3` nothing is there that nobody asked for
· `C4` everybody sees the same log without a gap · `C5` a sender's order is kept · `C6` so is that of real
time · `C7` nothing is lost or doubled at the seam of a resume · `C8` what follows in other services follows ·
`C9` nothing is heard after a revocation · `C10` what failed is not there.
"""

from tertulia.chaos.checkers import (
    durability,
    following,
    identity,
    observers,
    order,
    phantoms,
    registers,
    revocation,
    seams,
)
from tertulia.chaos.history import History
from tertulia.chaos.violations import Violation

FAMILIES = (
    durability,
    registers,
    identity,
    phantoms,
    observers,
    order,
    seams,
    following,
    revocation,
)


def check(history: History) -> list[Violation]:
    """Everything that any checker has to say."""
    return [violation for family in FAMILIES for violation in family.check(history)]
