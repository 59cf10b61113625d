"""What a checker says of a history that breaks a promise."""

from dataclasses import dataclass

from tertulia.chaos.history import Record


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise broken, with no more of the history than shows it."""

    checker: str
    """Its name in the guarantees: `C1` to `C10`, or that of another tier's judge."""
    says: str
    """One English sentence that names the messages, clients and numbers concerned."""
    operations: tuple[Record, ...] = ()
    """The fewest records that contradict each other, in the order in which they happened."""
