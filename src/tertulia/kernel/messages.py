"""Three nouns that travel on the bus: Command (a change), Query (a view), Event (a fact)."""

import re
import sys
from functools import cached_property
from typing import Any, ClassVar, Generic, Literal, Self, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict

R_co = TypeVar("R_co", covariant=True)

Work = Literal["ephemeral", "optional", "boot", "read", "resume", "send"]
"""What kind of work a request is, from what a server under load gives up first to what it does to the
last: signs of life; searches, previews and exports; clients that start from nothing; reads; catching up
by those who come back; changes."""

T = TypeVar("T")

_set = object.__setattr__
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """`PostMessage` → `post_message`."""
    return _WORD.sub("_", name).lower()


class made_once(cached_property[T]):  # noqa: N801 - used as a decorator
    """`cached_property` as it is from Python 3.12 on, without a lock, which costs more than many a value.

    Two threads that ask at once may both make the value, so it has to be the same whoever makes it.
    """

    def __get__(self, instance: Any, owner: type[Any] | None = None) -> Any:
        """Make it; from then on it is found before this is asked."""
        if instance is None:
            return self
        made = instance.__dict__[self.attrname] = self.func(instance)
        return made


class Model(BaseModel):
    """A frozen value of the wire; what it does not know it refuses."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, ignored_types=(made_once,)
    )

    @classmethod
    def trusted(cls, values: dict[str, Any]) -> Self:
        """An instance of a value for each field, already of its type: no value is checked or converted.

        For what this program has just made itself, where checking it again would cost more than the rest.
        Raises `TypeError` unless the first names of a class are those of its fields: one that the model
        gets later may not be missing from what is told.
        """
        names = _named.get(cls)
        if names is None:
            names = _check_names(cls, values)
        made = cls.__new__(cls)
        _set(made, "__dict__", values)
        _set(made, "__pydantic_fields_set__", names)
        _set(made, "__pydantic_extra__", None)
        _set(made, "__pydantic_private__", None)
        return made

    @made_once
    def encoded(self) -> bytes:
        """Its JSON, made once: what never changes may be told to many in the same bytes."""
        return self.__pydantic_serializer__.to_json(self)


_named: dict[type[Model], set[str]] = {}
"""The names of those whose names were checked: once, for the same code gives the same names again. All
instances share them, as none may change; pydantic's copies have a set of their own."""


def _check_names(model: type[Model], values: dict[str, Any]) -> set[str]:
    if odd := values.keys() ^ model.model_fields.keys():
        raise TypeError(f"{model.__name__}: missing or unknown: {', '.join(sorted(odd))}")
    return _named.setdefault(model, set(values))


class Message(Model):
    """What all three have: a name, `owner.snake_case`, the same on sockets, bus and in the SDK."""

    owner: ClassVar[str]
    wire_name: ClassVar[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """The owner is the service whose contract the class stands in."""
        super().__init_subclass__(**kwargs)
        cls.owner = cls.__module__.split(".")[1]
        cls.wire_name = f"{cls.owner}.{snake(cls.__name__)}"


class Request(Message, Generic[R_co]):
    """A message that is answered by `R`."""

    work: ClassVar[Work] = "read"
    """What it counts as when there is more to do than can be done."""

    @classmethod
    def result_type(cls) -> Any:
        """The `R` of `Command[R]` or `Query[R]`; `None` where there is nothing to say."""
        for base in cls.__mro__:
            metadata = getattr(base, "__pydantic_generic_metadata__", {})
            if arguments := metadata.get("args"):
                return _defined(arguments[0], cls.__module__)
        return None


def _defined(result: Any, module: str) -> Any:
    """What a result's name stands for: `Query["Arrival"]` may come before the class `Arrival`."""
    if not isinstance(result, str):
        return result
    named = type("Named", (), {"__annotations__": {"result": result}})
    return get_type_hints(named, vars(sys.modules[module]))["result"]


class Command(Request[R_co], Generic[R_co]):
    """A change: one owner carries it out, or refuses it and changes nothing."""

    work: ClassVar[Work] = "send"

    pipelined: ClassVar[bool] = False
    """Whether the handler puts it into the writer's queue without suspending first, so that a
    connection's later commands may follow at once and the order still holds."""

    costs_send: ClassVar[bool] = False
    """Whether it counts against the limit of sends as well as that of calls."""


class Query(Request[R_co], Generic[R_co]):
    """A view: changes nothing."""


class Event(Message):
    """A fact: it happened, anyone may react."""

    barrier: ClassVar[bool] = False
    """Whether every gateway has to know it before the command that caused it is answered."""

    @property
    def topic(self) -> str | None:
        """Who is interested only in some of these events follows their topics; None concerns everybody."""
        return None
