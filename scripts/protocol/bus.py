"""`protocol/bus.json`: what services say to each other, as JSON Schema (2020-12), for those in other languages."""

from collections.abc import Iterator
from typing import Any, Literal, TypeVar

from pydantic import ConfigDict, TypeAdapter

from scripts.protocol.catalogue import contract_modules
from scripts.protocol.schemas import Schema, WireSchema
from tertulia.kernel.actor import Actor
from tertulia.kernel.messages import Command, Event, Message, Request
from tertulia.kit.bus.nats import subjects
from tertulia.kit.bus.nats.envelope import Asked, Refused
from tertulia.runtime.services import edges

M = TypeVar("M", bound=Message)

Said = tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]
"""A thing that is said: its key, whether others write or read it, and its type."""


def document(version: str) -> Schema:
    """Every request and event, with its subject and its schemas."""
    requests = list(_messages(Request))
    events = list(_messages(Event))
    said: list[Said] = [it for request in requests for it in _of_request(request)]
    said += [_of_event(it) for it in events]
    said += [
        ("envelope", "validation", TypeAdapter(Envelope)),
        ("actor", "validation", TypeAdapter(Actor)),
        ("refused", "validation", TypeAdapter(Refused)),
    ]
    schemas, definitions = TypeAdapter.json_schemas(
        said, ref_template="#/$defs/{model}", schema_generator=WireSchema
    )
    found = {key: _tidied(schema) for (key, _), schema in schemas.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "What services say on the bus",
        "version": version,
        "envelopes": {"request": found["envelope"], "refused": found["refused"]},
        "actor": found["actor"],
        "requests": {it.wire_name: _request(it, found) for it in requests},
        "events": {it.wire_name: _event(it, found) for it in events},
        "$defs": _tidied(definitions["$defs"]),
    }


class AnyRequest(Message):
    """What is asked: of the class that the subject names."""

    model_config = ConfigDict(extra="allow")


class Envelope(Asked[AnyRequest]):
    """What is sent to a subject of a request."""


def _messages(kind: type[M]) -> Iterator[type[M]]:
    """The classes of all contracts, in the order of the services, but for those that others derive from."""
    found = dict.fromkeys(
        value
        for edge in edges()
        for module in contract_modules(edge.service)
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, kind)
        and value.__module__ == module.__name__
    )
    bases = {base for it in found for base in it.__mro__[1:]}
    return (it for it in found if it not in bases)


def _of_request(request: type[Request[Any]]) -> Iterator[Said]:
    yield request.wire_name, "validation", TypeAdapter(request)
    yield f"{request.wire_name} →", "serialization", TypeAdapter(request.result_type())


def _of_event(event: type[Event]) -> Said:
    return event.wire_name, "serialization", TypeAdapter(event)


def _request(request: type[Request[Any]], found: dict[str, Schema]) -> Schema:
    return {
        "subject": subjects.ask(request),
        "kind": "command" if issubclass(request, Command) else "query",
        "request": found[request.wire_name],
        "result": found[f"{request.wire_name} →"],
    }


def _event(event: type[Event], found: dict[str, Schema]) -> Schema:
    return {
        "subject": subjects.every(event),
        "has_topic": event.topic is not Event.topic,
        "event": found[event.wire_name],
    }


def _tidied(schema: Any) -> Any:
    """Without titles that repeat a name."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: _tidied(value)
        for key, value in schema.items()
        if not (key in {"title", "x-contract"} and isinstance(value, str))
    }
