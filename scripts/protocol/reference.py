"""The reference in one value: every command, call and event with the schemas of what it carries."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scripts.protocol import catalogue, envelope, samples
from scripts.protocol.schemas import Schema, Schemas, restricted, without_null
from tertulia.conversations.contract.messages import PostMessage
from tertulia.conversations.contract.updates import UPDATES
from tertulia.kernel.messages import Request, snake
from tertulia.kit.edge import Broadcast, Enter, Leave, Route

PLAIN_SAID = "The plain lane: posts to the plaza, durably, from anyone."
PLAIN_HEARD = "The plain lane: what a guest hears of each new message, `<display name>: <text>`."
NOTHING: Schema = {"type": "object", "additionalProperties": False}


@dataclass(frozen=True)
class CommandReference:
    """A command of the socket."""

    name: str
    summary: str
    params: Schema
    result: Schema


@dataclass(frozen=True)
class CallReference:
    """A call over HTTP."""

    route: Route
    params: Schema
    result: Schema

    @property
    def method(self) -> str:
        """The HTTP method."""
        return self.route.method

    @property
    def path(self) -> str:
        """Below `/api/v1`."""
        return self.route.path

    @property
    def summary(self) -> str:
        """What it does."""
        return summary(self.route.request)


@dataclass(frozen=True)
class EventReference:
    """An event that clients hear."""

    name: str
    summary: str
    payload: Schema
    update: bool


@dataclass
class Reference:
    """Everything on the wire."""

    schemas: Schemas = field(default_factory=Schemas)
    commands: list[CommandReference] = field(default_factory=list[CommandReference])
    calls: list[CallReference] = field(default_factory=list[CallReference])
    events: list[EventReference] = field(default_factory=list[EventReference])

    @property
    def error_codes(self) -> Sequence[str]:
        """The codes of all errors."""
        return [error.code for error in catalogue.errors()]


def summary(thing: Any) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((thing.__doc__ or "").split("\n\n")[0].split())


def build() -> Reference:
    """Reads the contracts, routes and sockets of all services."""
    reference = Reference()
    reference.commands += [command_reference(reference.schemas, it) for it in catalogue.commands()]
    reference.calls += [call_reference(reference.schemas, route) for route in catalogue.routes()]
    reference.events += update_references(reference.schemas)
    known = {event.name for event in reference.events}
    reference.events += [
        event_reference(reference.schemas, event)
        for name, event in catalogue.socket_events().items()
        if name not in known
    ]
    reference.commands.append(plain_command(reference.schemas))
    reference.events += [
        EventReference("message", PLAIN_HEARD, {"type": "string"}, update=False),
        gateway_event(reference.schemas, "gateway.ready", envelope.Ready),
        gateway_event(reference.schemas, "gateway.goodbye", envelope.Goodbye),
    ]
    for shape in (envelope.Refusal, envelope.Problem, envelope.ServerInfo):
        reference.schemas.partial_answer(shape)
    return reference


def plain_command(schemas: Schemas) -> CommandReference:
    """The plain lane: a string is a message to the plaza."""
    text: Schema = {"type": "string"}
    parts = {"type": "object", "properties": {"text": text}, "required": ["text"]}
    result = schemas.answer(PostMessage.result_type())
    return CommandReference("message", PLAIN_SAID, {"anyOf": [text, parts]}, result)


def gateway_event(schemas: Schemas, name: str, shape: type[Any]) -> EventReference:
    """An event of the gateway itself."""
    return EventReference(name, summary(shape), schemas.partial_answer(shape), update=False)


def result_schema(schemas: Schemas, request: type[Request[Any]]) -> Schema:
    """What a request answers; nothing is `{}`."""
    result = request.result_type()
    return NOTHING if result in {None, type(None)} else schemas.answer(result)


def command_reference(schemas: Schemas, command: type[Request[Any]]) -> CommandReference:
    """A command with its schemas."""
    return CommandReference(
        name=command.wire_name,
        summary=summary(command),
        params=schemas.request(command),
        result=result_schema(schemas, command),
    )


def call_reference(schemas: Schemas, route: Route) -> CallReference:
    """A call with its schemas; the noun that is the whole body stands alone."""
    result = result_schema(schemas, route.request)
    if route.body is not None:
        result = schemas.resolve(result)["properties"][route.body]
    return CallReference(route, schemas.request(route.request), result)


def update_references(schemas: Schemas) -> list[EventReference]:
    """The updates of the log, and the union of them under the name `Update`."""
    references = [update_reference(schemas, update) for update in UPDATES]
    schemas.by_name["Update"] = {
        "description": "A change that the members of a conversation can see.",
        "oneOf": [reference.payload for reference in references],
    }
    return references


def update_reference(schemas: Schemas, update: type[Any]) -> EventReference:
    """An update: its type is its name, and a part that does not apply is absent, never null."""
    payload = schemas.answer(update)
    schema = schemas.by_name[update.__name__]
    required = set(schema["required"])
    for name, part in schema["properties"].items():
        if name not in required:
            schema["properties"][name] = without_null(part)
    schema["properties"]["type"] = {"const": snake(update.__name__)}
    schema["required"] = [*schema["required"], "type"]
    return EventReference(update.wire_name, summary(update), payload, update=True)


def event_reference(schemas: Schemas, event: catalogue.SocketEvent) -> EventReference:
    """An event outside the sequence."""
    payload = payload_schema(schemas, event.reaction)
    return EventReference(event.name, summary(event.event), payload, update=False)


def payload_schema(schemas: Schemas, reaction: Broadcast | Enter | Leave) -> Schema:
    """What an event carries: the fact itself, some of its fields, or the answer to a question."""
    if isinstance(reaction, Enter):
        return viewed_schema(schemas, reaction)
    fact = Schemas()
    schema = fact.resolve(fact.answer(reaction.on))
    if reaction.payload is None:
        return schemas.answer(reaction.on)
    example = reaction.on.model_validate(samples.sample(fact, schema))
    del fact.by_name[reaction.on.__name__]
    schemas.by_name.update(fact.by_name)
    told = {**restricted(schema, reaction.payload(example)), "description": summary(reaction.on)}
    return told if reaction.on in UPDATES else schemas.named(reaction.on.__name__, told)


def viewed_schema(schemas: Schemas, reaction: Enter) -> Schema:
    """The answer that each person is told when they enter."""
    if reaction.view is None:
        return NOTHING
    fact = Schemas()
    schema = fact.resolve(fact.answer(reaction.on))
    request = reaction.view(reaction.on.model_validate(samples.sample(fact, schema)))
    return result_schema(schemas, type(request))
