"""What a hostile client does, as data: it can be drawn from a seed, cut down, printed and played again.

A script has *wires*, TCP connections that open with the first step that names them. A wire reads only
in `Await`, so a server that answers a wire fills its buffers unless the script says otherwise.
"""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

SID = b"{sid}"
"""Stands for the Engine.IO id that the script was given, in what goes over the wire unmasked."""


@dataclass(frozen=True)
class Send:
    """Write bytes; in pieces of `chunk` bytes with the loop's turn between them, unless it is 0."""

    data: bytes
    wire: int = 0
    chunk: int = 0


@dataclass(frozen=True)
class Await:
    """Read until the marker came, for a short while; the script goes on without it."""

    marker: bytes
    wire: int = 0


@dataclass(frozen=True)
class End:
    """End a wire: both directions, the writing one, or with a reset."""

    how: Literal["close", "half", "reset"]
    wire: int = 0


@dataclass(frozen=True)
class Rest:
    """Do nothing for a moment, in seconds."""

    seconds: float


Step: TypeAlias = Send | Await | End | Rest


@dataclass(frozen=True)
class Script:
    """One hostile client from its first byte to its last."""

    name: str
    steps: tuple[Step, ...]

    def with_steps(self, steps: tuple[Step, ...]) -> "Script":
        """The same client with other steps."""
        return replace(self, steps=steps)

    def __str__(self) -> str:
        return "\n".join([f"client “{self.name}”", *(f"    {_shown(step)}" for step in self.steps)])


def _shown(step: Step) -> str:
    if isinstance(step, Send) and len(step.data) > 400:
        head = replace(step, data=step.data[:400])
        return f"{head}  … of {len(step.data)} bytes"
    return repr(step)
