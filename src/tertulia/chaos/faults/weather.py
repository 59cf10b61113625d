"""What a network may do to the connections that cross it."""

import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Weather:
    """How a proxy treats what it carries; shares are of the pieces that arrive, times are seconds.

    Bytes are never changed or left out: TCP does not do that. What is lost takes its connection with it.
    """

    name: str
    longest_delay: float = 0.0
    """Each piece waits up to so long; those behind it wait too."""
    dribbles: bool = False
    """Byte by byte."""
    carries: bool = True
    """Where not, a black hole: everything is accepted, nothing arrives until the weather is fair."""
    refuses: bool = False
    """New connections are reset at once."""
    drops: float = 0.0
    """The share of pieces in whose place both ends get a reset."""
    cuts: float = 0.0
    """The share of pieces of which only a beginning arrives, then the end: a frame cut in two."""
    half_opens: float = 0.0
    """The share of pieces in whose place the server gets a reset and the client never hears of it."""

    def draw_end(self, chance: random.Random) -> str | None:
        """What befalls a connection with the next piece: `drop`, `cut`, `half_open` or nothing."""
        ends = ("drop", "cut", "half_open", None)
        shares = (self.drops, self.cuts, self.half_opens)
        return chance.choices(ends, (*shares, 1 - sum(shares)))[0]


FAIR = Weather("fair")

STORMS = (
    Weather("delay", longest_delay=0.3),
    Weather("dribble", dribbles=True),
    Weather("black_hole", carries=False),
    Weather("refuse", refuses=True, drops=0.2),
    Weather("drop", drops=0.05),
    Weather("cut", cuts=0.05),
    Weather("half_open", half_opens=0.05),
)
"""All kinds, as a schedule may draw them."""
