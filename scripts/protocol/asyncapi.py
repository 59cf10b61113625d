"""AsyncAPI 3 of the socket: what a client may send and is answered, and what it hears."""

from typing import Any

from scripts.protocol import samples
from scripts.protocol.reference import CommandReference, EventReference, Reference
from scripts.protocol.schemas import PREFIX, Schema

CHANNEL = {"$ref": "#/channels/socket"}
DESCRIPTION = """\
Socket.IO protocol 5 (Engine.IO 4), WebSocket and long-polling, at `/ws` and `/socket.io`, namespace `/`.
A command is an event with one object as its argument; the reply is its acknowledgement."""


def document(reference: Reference, version: str) -> dict[str, Any]:
    """The whole document; the order of its keys is that of the contracts."""
    messages: dict[str, Any] = {}
    operations: dict[str, Any] = {}
    for command in reference.commands:
        messages |= command_messages(reference, command)
        operations[command.name] = receiving(command)
    for event in reference.events:
        messages[event.name] = event_message(reference, event)
        operations[event.name] = sending(event)
    return {
        "asyncapi": "3.0.0",
        "info": info(version),
        "defaultContentType": "application/json",
        "servers": {"local": {"host": "127.0.0.1:8000", "pathname": "/ws", "protocol": "socketio"}},
        "channels": {
            "socket": {
                "address": "/ws",
                "title": "The socket",
                "description": DESCRIPTION,
                "servers": [{"$ref": "#/servers/local"}],
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
            }
        },
        "operations": operations,
        "components": {"messages": messages, "schemas": reference.schemas.by_name},
    }


def info(version: str) -> dict[str, Any]:
    """What the document is about."""
    return {
        "title": "Tertulia",
        "version": version,
        "description": "The socket commands and events of a Tertulia server.",
        "license": {"name": "Apache-2.0"},
    }


def in_channel(name: str) -> dict[str, str]:
    """A reference to a message of the channel."""
    return {"$ref": f"#/channels/socket/messages/{name}"}


def receiving(command: CommandReference) -> dict[str, Any]:
    """The server receives a command and answers it."""
    return {
        "action": "receive",
        "channel": CHANNEL,
        "summary": command.summary,
        "messages": [in_channel(command.name)],
        "reply": {"channel": CHANNEL, "messages": [in_channel(f"{command.name}.ack")]},
    }


def sending(event: EventReference) -> dict[str, Any]:
    """The server sends an event."""
    return {
        "action": "send",
        "channel": CHANNEL,
        "summary": event.summary,
        "messages": [in_channel(event.name)],
    }


def command_messages(reference: Reference, command: CommandReference) -> dict[str, Any]:
    """A command and its acknowledgement."""
    return {
        command.name: {
            "name": command.name,
            "summary": command.summary,
            "payload": command.params,
            "examples": [{"payload": samples.request(reference.schemas, command.params)}],
        },
        f"{command.name}.ack": {
            "name": f"{command.name}.ack",
            "summary": f"The acknowledgement of {command.name}.",
            "payload": {"oneOf": [success(command.result), {"$ref": PREFIX + "Refusal"}]},
            "examples": [
                {"payload": samples.sample(reference.schemas, success(command.result))},
            ],
        },
    }


def success(result: Schema) -> Schema:
    """`{"ok": true, "result": …}`."""
    return {
        "type": "object",
        "properties": {"ok": {"const": True}, "result": result},
        "required": ["ok", "result"],
    }


def event_message(reference: Reference, event: EventReference) -> dict[str, Any]:
    """An event."""
    return {
        "name": event.name,
        "summary": event.summary,
        "payload": event.payload,
        "examples": [{"payload": samples.sample(reference.schemas, event.payload)}],
    }
