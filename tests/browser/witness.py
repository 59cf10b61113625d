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


class Witness:
    """Uncaught errors, console errors, violations of the content security policy, and dialogs."""

    def __init__(self, context: BrowserContext) -> None:
        self.misdeeds: list[str] = []
        self._expected: tuple[str, ...] = ()
        context.add_init_script(REPORT_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", self._catch)
        context.on("dialog", self._dismiss)

    @contextmanager
    def without_network(self) -> Iterator[None]:
        """While it lasts, the console may complain that the server does not answer."""
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
        if not asked_who and not any(part in message.text for part in self._expected):
            self.misdeeds.append(f"console: {message.text} ({address})")

    def _catch(self, error: WebError) -> None:
        self.misdeeds.append(f"uncaught: {error.error.stack or error.error}")

    def _dismiss(self, dialog: Dialog) -> None:
        self.misdeeds.append(f"dialog: {dialog.message}")
        dialog.dismiss()
