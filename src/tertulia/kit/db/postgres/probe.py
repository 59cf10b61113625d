"""Whether the server can be reached: asked every now and then, so that what was away comes back by itself."""

import threading
from collections.abc import Callable

SECONDS = 1.0


class Probe:
    """Asks in a thread of its own; `ask` raises where there is no answer."""

    def __init__(self, ask: Callable[[], object]) -> None:
        self._ask = ask
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="database-probe", daemon=True)
        self.reachable = True
        """By the last answer; whoever meets the server otherwise says so here."""

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
            self.reachable = False
        else:
            self.reachable = True

    def _run(self) -> None:
        while not self._stopping.wait(SECONDS):
            self.look()
