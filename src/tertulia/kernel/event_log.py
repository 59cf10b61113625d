"""The event log of a service as other processes read it: a page above a position."""

from typing import Annotated, Any

from pydantic import Field

from tertulia.kernel.messages import Model, Query

PAGE = 500


class LoggedEvent(Model):
    """A row of an event log: its dense position, the event's name and its JSON."""

    position: int
    wire_name: str
    body: dict[str, Any]


class EventPage(Model):
    """Events in order, and the position that the owner had given last when it read them."""

    items: list[LoggedEvent]
    head: int


class EventsQuery(Query[EventPage]):
    """The events above the position that a durable consumer has reached; never asked at the edge.

    To ask is to acknowledge: what is not above `after` the owner need not keep for this consumer. A
    contract derives its own `ListEvents` from this, so that the owner is who is asked.
    """

    consumer: str
    after: Annotated[int, Field(ge=0)]
    limit: Annotated[int, Field(ge=1, le=PAGE)] = PAGE
