"""Pages that many ask for at the same moment: after a restart, everybody has missed the same."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Any

SHARED_SECONDS = 1.0
MOST = 16

Page = tuple[list[dict[str, Any]], bool]
"""Updates as they are told, and whether there are more."""


class SharedPages:
    """Remembers pages for a moment.

    What decides a page is its key: the positions asked for and the heads they were read under. Every
    change that members see moves a head, and there is nothing personal in an update, so whoever asks
    the same gets the same.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._pages: dict[Hashable, tuple[float, Page]] = {}
        self._lock = threading.Lock()

    def find(self, key: Hashable, read: Callable[[], Page]) -> Page:
        """The page of this key, read unless somebody has read it just now."""
        known = self._pages.get(key)
        if known is not None and known[0] > self._now():
            return known[1]
        page = read()
        with self._lock:
            self._pages.pop(key, None)
            self._pages[key] = (self._now() + SHARED_SECONDS, page)
            while len(self._pages) > MOST:
                del self._pages[next(iter(self._pages))]
        return page
