"""What a seeded defect is, and how it gets into the product."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pkgutil import resolve_name
from typing import Any, Literal

Tier = Literal["power", "live", "simulation", "split"]


@dataclass(frozen=True)
class Patch:
    """One function of the product, replaced where it is looked up.

    `target` is `module:name` or `module:Class.name`; `make` gets what stands there.
    """

    target: str
    make: Callable[[Any], Any]

    @contextmanager
    def applied(self) -> Iterator[None]:
        """Replaced inside, as it was after. `AttributeError` where there is no such function."""
        holder, name = self._place()
        real = getattr(holder, name)
        setattr(holder, name, self.make(real))
        try:
            yield
        finally:
            setattr(holder, name, real)

    def stands(self) -> Any:
        """What is there now."""
        return getattr(*self._place())

    def _place(self) -> tuple[Any, str]:
        module, _, path = self.target.partition(":")
        holder, _, name = path.rpartition(".")
        return resolve_name(f"{module}:{holder}" if holder else module), name


@dataclass(frozen=True)
class Mutant:
    """A defect with the checkers of which one must catch it, and the tier in which they do."""

    name: str
    says: str
    patches: tuple[Patch, ...]
    caught_by: frozenset[str]
    tier: Tier
    inject: str | None = None
    """A fault that the defect needs to show, in the words of strace."""

    @contextmanager
    def applied(self) -> Iterator[None]:
        """The product has the defect inside."""
        with ExitStack() as stack:
            for patch in self.patches:
                stack.enter_context(patch.applied())
            yield
