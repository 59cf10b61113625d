"""The messages that the tests of the bus send about, and who sends them."""

from typing import ClassVar

from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import AppError, Conflict
from tertulia.kernel.messages import Command, Event, Model, Query

ANA = Actor(
    id="0192f4d2-7c3a-7b1e-8f00-0123456789ab",
    kind="person",
    username="ana",
    connection_id="c1",
)


class Told(Event):
    words: str


class ToldLoudly(Told):
    pass


class ToldIn(Event):
    place: str
    words: str

    @property
    def topic(self) -> str:
        return self.place


class Lamp(Model):
    lit: bool


class Light(Command[Lamp]):
    name: str


class PutOut(Command[None]):
    name: str


class FindLamp(Query["Lamp | None"]):
    name: str


class Note(Command[Lamp]):
    """Keeps its place among the commands of a connection."""

    pipelined = True
    conversation_id: str | None = None
    n: int


class Broken(Conflict):
    code: ClassVar[str] = "kit.broken"
    detail = "The lamp is broken."


del AppError.by_code[
    Broken.code
]  # known while the tests of the bus run: it is no error of the product
