"""What a server said, in a form in which two servers can be compared."""

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import Any

from tests.realtime.differential.wire.http import Reply
from tests.realtime.differential.wire.websocket import ACCEPT

SEPARATOR = "\x1e"
COMPARED = (
    "access-control-allow-credentials",
    "access-control-allow-headers",
    "access-control-allow-methods",
    "access-control-allow-origin",
    "allow",
    "cache-control",
    "content-encoding",
    "content-type",
    "sec-websocket-extensions",
    "sec-websocket-protocol",
    "set-cookie",
    "vary",
    "x-xss-protection",
)
"""Headers of the application; those of the connection belong to the HTTP server below."""

SID = re.compile(r'"sid":"([^"]+)"')
COOKIE = re.compile(r"(set-cookie: \w+=)[^;]+")
OF_NO_WEBSOCKET = ("access-control-", "vary")
"""Browsers apply CORS to requests, not to WebSockets."""

ASKED = re.compile(r"^(42(?:/[^,]*,)?|45\d+-(?:/[^,]*,)?)(\d+)\[")


def headers_of(reply: Reply, *, websocket: bool = False) -> str:
    """The status and the headers that matter, in one line."""
    names = [it for it in COMPARED if not (websocket and it.startswith(OF_NO_WEBSOCKET))]
    said = [f"{name}: {_value(name, value)}" for name in names if (value := reply.get(name))]
    if websocket and reply.status == 101 and reply.get("sec-websocket-accept") != ACCEPT:
        said.append("a wrong Sec-WebSocket-Accept")
    return "; ".join([str(reply.status), *said])


def _value(name: str, value: str) -> str:
    """Attributes of cookies may be written in any case (RFC 6265, 5.2)."""
    return value.lower() if name == "set-cookie" else value


def packets_of(reply: Reply) -> list[str]:
    return reply.content.decode("utf-8", "backslashreplace").split(SEPARATOR)


@dataclass
class Transcript:
    """Entries by channel, channels in the order in which they were opened."""

    channels: dict[str, list[str]] = field(default_factory=dict)

    def open(self, channel: str) -> None:
        self.channels.setdefault(channel, [])

    def note(self, channel: str, entry: str) -> None:
        self.channels.setdefault(channel, []).append(entry)

    def normalised(self) -> dict[str, list[str]]:
        """Without what no two servers have in common: names of sessions, counters, the way JSON is written."""
        names: dict[str, str] = {}
        return {
            channel: [_normal(part, names) for entry in entries for part in entry.split(SEPARATOR)]
            for channel, entries in self.channels.items()
        }


def _normal(entry: str, names: dict[str, str]) -> str:
    entry = COOKIE.sub(r"\1<sid>", ASKED.sub(r"\1<ack>[", entry))
    for sid in SID.findall(entry):
        entry = entry.replace(sid, names.setdefault(sid, f"<sid{len(names) + 1}>"))
    return _short(_plain_json(entry))


def _short(entry: str, longest: int = 2000) -> str:
    """A long entry is shown by its beginning; all of it is in the digest."""
    if len(entry) <= longest:
        return entry
    digest = hashlib.sha256(entry.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{entry[:100]}… ({len(entry)} letters, {digest})"


def _plain_json(entry: str) -> str:
    at = min((at for mark in "[{" if (at := entry.find(mark)) >= 0), default=-1)
    if at < 0:
        return entry
    try:
        value = json.loads(entry[at:])
    except ValueError:
        return entry
    return entry[:at] + json.dumps(_whole(value), separators=(",", ":"))


def _whole(value: Any) -> Any:
    """JavaScript writes 1.0 as 1."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return int(value)
    if isinstance(value, list):
        return [_whole(item) for item in value]
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    return value
