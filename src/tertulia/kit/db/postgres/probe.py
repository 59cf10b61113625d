"""Whether the server can be reached: asked every now and then, so that what was away comes back by itself."""

import threading
from collections.abc import Callable

import structlog

SECONDS = 1.0
log = structlog.get_logger(__name__)


class Probe:
    """Asks in a thread of its own; `ask` raises where there is no answer."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-probe", daemon=True)
        self._reachable = True

    @property
    def reachable(self) -> bool:
        """By the last answer."""
        return self._reachable

    def met(self, *, reachable: bool) -> None:
        """Whoever met the server, or missed it, says so here; what changes is logged."""
        changed, self._reachable = reachable != self._reachable, reachable
        if changed:
            log.warning("database_back" if reachable else "database_away")

    def start(self) -> None:
        """Ask once, then go on asking."""
        self.look()
        self._thread.start()

    def stop(self) -> None:
        """Ask no more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> None:
        """Ask now."""
        try:
            self._ask()
        except Exception:
            self.met(reachable=False)
        else:
            self.met(reachable=True)

    def _run(self) -> None:
        while not self._stopping.wait(SECONDS):
            self.look()
