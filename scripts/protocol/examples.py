"""`protocol/examples/`: one file for each command and event, with what really travels."""

from typing import Any

from scripts.protocol import samples
from scripts.protocol.reference import CallReference, Reference


def files(reference: Reference) -> dict[str, Any]:
    """The examples by file name."""
    calls = {call.route.request.wire_name: call for call in reversed(reference.calls)}
    return {
        **{
            f"commands/{command.name}.json": example(
                command_example(reference, command), calls.get(command.name), reference
            )
            for command in reference.commands
        },
        **{
            f"events/{event.name}.json": {
                "event": event.name,
                "payload": samples.sample(reference.schemas, event.payload),
            }
            for event in reference.events
        },
    }
