"""The names under which things are said (docs/bus.md)."""

import re

from tertulia.kernel.messages import Event, Request

NO_TOPIC = "_"
_TOPIC = re.compile(r"[A-Za-z0-9_-]+")


def ask(request: type[Request[object]]) -> str:
    """Where requests of a class are asked."""
    return f"tertulia.ask.{request.wire_name}"


def asked_list(service: str) -> str:
    """Where lists of requests to one service are asked."""
    return f"tertulia.list.{service}"


def event(told: Event) -> str:
    """Where an event is told. `ValueError` for a topic that is no word."""
    topic = told.topic
    return f"tertulia.event.{told.wire_name}.{NO_TOPIC if topic is None else _word(topic)}"


def every(kind: type[Event]) -> str:
    """All events of a class, whatever their topic."""
    return f"tertulia.event.{kind.wire_name}.*"


def without_topic(kind: type[Event]) -> str:
    """Those events of a class that concern everybody."""
    return f"tertulia.event.{kind.wire_name}.{NO_TOPIC}"


def topic(name: str) -> str:
    """All events of a topic, whatever their class. `ValueError` for what is no word."""
    return f"tertulia.event.*.*.{_word(name)}"


def wire_name(subject: str) -> str:
    """What is asked or told on a subject: the third and fourth word."""
    _, _, owner, name, *_ = subject.split(".", 4)
    return f"{owner}.{name}"


def _word(topic: str) -> str:
    if not _TOPIC.fullmatch(topic):
        raise ValueError(f"{topic!r} cannot be a topic")
    return topic
