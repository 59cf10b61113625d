"""Who hears what: the listeners of a process, by the class of event that they named."""

from collections import defaultdict
from itertools import chain

import structlog

from tertulia.kernel.messages import Event
from tertulia.kit.bus import Listener

log = structlog.get_logger(__name__)


class Listeners:
    """Tells each event to those who listen to its class or to one of its bases."""

    def __init__(self) -> None:
        self._listeners: dict[type[Event], list[Listener]] = defaultdict(list)
        self._hearing: dict[type[Event], tuple[Listener, ...]] = {}
        """By the class of an event, all who hear it, found once."""

    def add(self, event: type[Event], listener: Listener) -> None:
        """Tell this one too, from now on, after the earlier ones of the class."""
        self._listeners[event].append(listener)
        self._hearing.clear()

    def hear(self, kind: type[Event]) -> bool:
        """Whether anybody would be told of an event of this class."""
        return bool(self._who_hears(kind))

    async def tell(self, event: Event) -> None:
        """Tell one after another. One that fails harms no other."""
        for listener in self._who_hears(type(event)):
            try:
                await listener(event)
            except Exception:
                log.exception("listener_failed", wire_event=event.wire_name)

    def _who_hears(self, kind: type[Event]) -> tuple[Listener, ...]:
        hearing = self._hearing.get(kind)
        if hearing is None:
            bases = [self._listeners.get(base, ()) for base in kind.__mro__]
            hearing = self._hearing[kind] = tuple(chain.from_iterable(bases))
        return hearing
