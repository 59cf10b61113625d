"""Which function of the application answers what."""

import inspect
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tertulia.realtime.engine.application import takes_reason

if TYPE_CHECKING:
    from tertulia.realtime.namespaces import Namespace

Handler = Callable[..., Any]

ANY = "*"
NOT_HANDLED: Any = object()
LIFECYCLE = frozenset({"connect", "disconnect"})
"""Events that a catch-all handler does not hear."""


class Handlers:
    """The functions and classes of an application, by namespace and event.

    The most specific answers: the event in its namespace, any event in it, the event in any namespace, any
    event in any; then the class of the namespace, and that of any. A catch-all is told what it caught.
    """

    def __init__(self) -> None:
        self.functions: dict[str, dict[str, Handler]] = {}
        self.classes: dict[str, Namespace] = {}

    def know(self, namespace: str) -> bool:
        """Whether somebody answers in a namespace."""
        return namespace in self.functions or namespace in self.classes

    def find(self, event: Any, namespace: str) -> tuple[Handler, tuple[Any, ...]] | None:
        """Who answers an event, and the arguments that come before the client's."""
        own = self.functions.get(namespace)
        if own is not None:
            if event in own and event != ANY:
                return own[event], ()
            if ANY in own and event not in LIFECYCLE:
                return own[ANY], (event,)
        every = self.functions.get(ANY)
        if every is not None:
            if event in every and event != ANY:
                return every[event], (namespace,)
            if ANY in every and event not in LIFECYCLE:
                return every[ANY], (event, namespace)
        return None

    def connect(self, namespace: str, sid: str, environ: dict[str, Any], auth: Any) -> Any:
        """Call who answers `connect`, with the `auth` where it takes one."""
        found = self.find("connect", namespace)
        takes_auth = found is None or _takes(found[0], len(found[1]) + 3)
        given = (environ, auth) if takes_auth else (environ,)
        return self.call("connect", namespace, sid, *given)

    def call(self, event: Any, namespace: str, *args: Any) -> Any:
        """Call who answers: the answer, or what is to be awaited for it; `NOT_HANDLED` if nobody does."""
        found = self.find(event, namespace)
        if found is not None:
            handler, before = found
            if event == "disconnect" and not _is_told(handler, len(before)):
                args = args[:-1]
            return handler(*before, *args)
        if namespace in self.classes:
            return self.classes[namespace].trigger_event(event, *args)
        if ANY in self.classes:
            return self.classes[ANY].trigger_event(event, namespace, *args)
        return NOT_HANDLED


def _is_told(handler: Handler, before: int) -> bool:
    """Whether a `disconnect` handler takes the reason."""
    if not before:
        return takes_reason(handler)
    parameters = list(inspect.signature(handler).parameters.values())
    return len(parameters) > before + 1 or any(it.kind is it.VAR_POSITIONAL for it in parameters)


@lru_cache(maxsize=1024)
def _takes(handler: Handler, count: int) -> bool:
    """Whether a function takes so many arguments."""
    try:
        inspect.signature(handler).bind(*range(count))
    except TypeError:
        return False
    return True
