"""`protocol/examples/`: one file for each command and event, with what really travels."""

import re
from typing import Any
from urllib.parse import quote, urlencode

from scripts.protocol import samples
from scripts.protocol.reference import CallReference, CommandReference, EventReference, Reference

BODILESS = {"GET", "DELETE"}


def files(reference: Reference) -> dict[str, dict[str, Any]]:
    """The examples by file name."""
    calls = {call.route.request.wire_name: call for call in reversed(reference.calls)}
    commands = {
        f"{command.name}.json": command_example(reference, command, calls.get(command.name))
        for command in reference.commands
    }
    events = {f"{event.name}.json": event_example(reference, event) for event in reference.events}
    return {**commands, **events}


def event_example(reference: Reference, event: EventReference) -> dict[str, Any]:
    """What a client hears."""
    payload = samples.sample(reference.schemas, event.payload)
    return {"hear": [event.name, payload]}


def command_example(
    reference: Reference, command: CommandReference, call: CallReference | None
) -> dict[str, Any]:
    """What a client emits and is answered, and the same over HTTP."""
    params = samples.request(reference.schemas, command.params)
    result = samples.sample(reference.schemas, command.result)
    example: dict[str, Any] = {
        "emit": [command.name, params],
        "ack": {"ok": True, "result": result},
    }
    return example if call is None else {**example, "http": http_example(call, params, result)}


def http_example(call: CallReference, params: dict[str, Any], result: Any) -> dict[str, Any]:
    """The same as a call."""
    names = re.findall(r"{(\w+)}", call.path)
    path = call.path.format_map({name: quote(str(params[name]), safe="") for name in names})
    rest = {name: value for name, value in params.items() if name not in names}
    example: dict[str, Any] = {"request": f"{call.method} /api/v1{path}"}
    if call.method in BODILESS:
        example["request"] += f"?{urlencode(rest)}" if rest else ""
    elif rest:
        example["body"] = rest
    example["status"] = call.route.status
    if call.route.status != 204:
        example["answer"] = result[call.route.body] if call.route.body else result
    return example
