"""What a page must never do, written down as it happens, in every page of a browser context."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, WebError

REPORT_VIOLATIONS = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""
NETWORK = (
    "net::ERR_",
    "WebSocket connection to",
    "WebSocket is closed",
    "status of 502",
    "status of 503",
)
WHO_AM_I = "/api/v1/users/me"
"""A page asks it at its start; 401 says that nobody is signed in."""
CONNECTION = "/socket.io/"
"""It is made again at its own pace: an attempt that began without a network may end after it came back. And when the
server ends it (a sign-out, a restart), a poll under way is answered with 400."""


class Witness:
    """Uncaught errors, console errors, violations of the content security policy, and dialogs."""

    def __init__(self, context: BrowserContext) -> None:
        self.misdeeds: list[str] = []
        self._expected: tuple[str, ...] = ()
        self._of_connection: tuple[str, ...] = ("status of 400",)
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("dialog", self._dismiss)

    @contextmanager
    def without_network(self) -> Iterator[None]:
        """While it lasts, the console may complain that the server does not answer; of the connection, after it too."""
        self._of_connection = ("status of 400", *NETWORK)
        before, self._expected = self._expected, NETWORK
        try:
            yield
        finally:
            self._expected = before

    @contextmanager
    def refused(self, status: int) -> Iterator[None]:
        """While it lasts, the console may say that the server answered with this status."""
        before, self._expected = self._expected, (f"status of {status}",)
        try:
            yield
        finally:
            self._expected = before

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "assert"}:
            return
        address = message.location["url"]
        asked_who = address.endswith(WHO_AM_I) and "status of 401" in message.text
        forgiven = self._expected + (self._of_connection if CONNECTION in address else ())
        if not asked_who and not any(part in message.text for part in forgiven):
            self.misdeeds.append(f"console: {message.text} ({address})")

    def _catch(self, error: WebError) -> None:
        self.misdeeds.append(f"uncaught: {error.error.stack or error.error}")

    def _dismiss(self, dialog: Dialog) -> None:
        self.misdeeds.append(f"dialog: {dialog.message}")
        dialog.dismiss()
