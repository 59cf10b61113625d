"""What a command is: a name, fields, and how to read the answer. No I/O."""

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Generic, TypeVar, cast, get_args

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_jsonable_python

from tertulia.client.errors import ServerError

R = TypeVar("R")


class Command(Generic[R]):
    """A call of the protocol that answers an `R`.

    Every command may be sent again: what creates something carries its id.
    """

    command: ClassVar[str]
    part: ClassVar[str | None]
    answers: ClassVar[Any]

    def __init_subclass__(cls, *, name: str, part: str | None = None) -> None:
        """Declare a command.

        Args:
            cls: The class of the command, whose first base is `Command[R]`.
            name: Its name on the wire, `service.command`.
            part: The one field of the answer that callers want, where there is only one.
        """
        super().__init_subclass__()
        cls.command, cls.part = name, part
        (answers,) = get_args(cls.__dict__["__orig_bases__"][0])
        cls.answers = None if answers is type(None) else answers

    def to_wire(self) -> dict[str, Any]:
        """Return the fields as JSON values, without those that were left out."""
        return {
            name: to_jsonable_python(value)
            for name, value in vars(self).items()
            if value is not None
        }

    def read_answer(self, result: Mapping[str, Any]) -> R:
        """Read the `result` of an acknowledgement.

        Raises:
            ServerError: The answer is not what the protocol says.
        """
        if self.answers is None:
            return cast("R", None)
        try:
            return _reader(self.answers).validate_python(result[self.part] if self.part else result)
        except (KeyError, TypeError, ValidationError) as error:
            raise ServerError(
                f"The answer to {self.command} cannot be read: {error}", retryable=False
            ) from error


@cache
def _reader(answers: Any) -> TypeAdapter[Any]:
    return TypeAdapter(answers)
