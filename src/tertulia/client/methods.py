"""How a command becomes a method: it takes the command's fields and answers what it answers."""

import inspect
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, Protocol, Self, TypeVar, overload

from tertulia.client.commands.base import Command

P = ParamSpec("P")
R = TypeVar("R")


class Perform(Protocol):
    """Carries out a command over a connection."""

    def __call__(self, command: Command[R], /) -> Coroutine[Any, Any, R]:
        """Answer when the server has answered."""
        ...


class PerformSync(Protocol):
    """Carries out a command over a connection, and waits."""

    def __call__(self, command: Command[R], /) -> R:
        """Answer when the server has answered."""
        ...


class Namespace:
    """The commands of one service, awaited."""

    def __init__(self, perform: Perform) -> None:
        self.perform = perform


class SyncNamespace:
    """The commands of one service, answered in place."""

    def __init__(self, perform: PerformSync) -> None:
        self.perform = perform


class Method(Generic[P, R]):
    """A command that became a method: its name, its words and its parameters stay visible."""

    def __init__(self, build: Callable[P, Command[R]]) -> None:
        self.build = build
        self.__doc__ = build.__doc__
        self.__signature__ = inspect.signature(build)

    def __set_name__(self, owner: type, name: str) -> None:
        self.__name__ = name

    def _named(self, function: Callable[..., Any]) -> Callable[..., Any]:
        function.__name__, function.__doc__ = self.__name__, self.__doc__
        vars(function)["__signature__"] = self.__signature__
        return function


class Asked(Method[P, R]):
    """A command as a method of a `Namespace`."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: Namespace, owner: type) -> Callable[P, Coroutine[Any, Any, R]]: ...

    def __get__(self, instance: Namespace | None, owner: type) -> Any:
        if instance is None:
            return self

        async def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return await instance.perform(self.build(*args, **kwargs))

        return self._named(ask)


class Answered(Method[P, R]):
    """A command as a method of a `SyncNamespace`."""

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: SyncNamespace, owner: type) -> Callable[P, R]: ...

    def __get__(self, instance: SyncNamespace | None, owner: type) -> Any:
        if instance is None:
            return self

        def ask(*args: P.args, **kwargs: P.kwargs) -> R:
            return instance.perform(self.build(*args, **kwargs))

        return self._named(ask)
