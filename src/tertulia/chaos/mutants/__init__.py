"""Seeded defects. A checker that never failed is no evidence, so each defect must be caught by its own.

The product knows nothing of them: `python -m tertulia.chaos.mutants NAME serve …` replaces a function and
then runs the product; in the simulation tier `applied` does it for a while.
"""

from tertulia.chaos.mutants.catalogue import MUTANTS
from tertulia.chaos.mutants.mutant import Mutant, Patch

__all__ = ["MUTANTS", "Mutant", "Patch"]
