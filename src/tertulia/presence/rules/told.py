"""The changes that were told lately, in order, for gateways that missed one of them."""

from collections import deque
from collections.abc import Collection, Sequence

from tertulia.presence.contract import Changed, State

KEPT = 10_000
"""Changes that are remembered."""
MOST_NAMED = 5_000
"""Connections that the changes of one page name, about: an answer has to fit through the bus."""


class Told:
    """Numbers changes without gaps, from a number on."""

    def __init__(self, number: int) -> None:
        self.number = number
        """That of the last change."""
        self._kept: deque[Changed] = deque(maxlen=KEPT)

    def next(self, user_id: str, state: State, connection_ids: Collection[str]) -> Changed:
        """A change with the next number."""
        self.number += 1
        ids = sorted(connection_ids)
        return Changed(user_id=user_id, state=state, connection_ids=ids, number=self.number)

    def keep(self, change: Changed) -> None:
        """Remember one, where there are gateways that may miss it."""
        self._kept.append(change)

    def page(self, heard: int) -> tuple[Sequence[Changed], int]:
        """Changes above a number, and up to which number these are all."""
        missed: list[Changed] = []
        named = 0
        for change in self._missed(heard):
            if named > MOST_NAMED:
                return missed, missed[-1].number
            missed.append(change)
            named += len(change.connection_ids)
        return missed, self.number

    def _missed(self, heard: int) -> Sequence[Changed]:
        if heard >= self.number:
            return ()
        return [it for it in self._kept if it.number > heard]
