"""How an application names its handlers."""

from typing import Any

from tertulia.realtime.dispatch import Handler, Handlers


class Registration:
    """The part of a server that applications are written with."""

    def __init__(self) -> None:
        self.handlers = Handlers()

    def on(self, event: str, handler: Handler | None = None, namespace: str | None = None) -> Any:
        """Register a handler; without one, a decorator.

        `"*"` catches every event but `connect` and `disconnect`, and as a namespace every namespace.
        """

        def register(handler: Handler) -> Handler:
            self.handlers.functions.setdefault(namespace or "/", {})[event] = handler
            return handler

        return register if handler is None else register(handler)

    def event(self, *args: Any, **kwargs: Any) -> Any:
        """Decorate a handler whose name is that of its event; `namespace` may be given."""
        if len(args) == 1 and not kwargs and callable(args[0]):
            return self.on(args[0].__name__, args[0])

        def register(handler: Handler) -> Handler:
            return self.on(handler.__name__, handler, *args, **kwargs)

        return register
