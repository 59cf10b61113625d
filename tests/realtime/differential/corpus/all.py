"""Every script there is."""

from tests.realtime.differential.corpus import (
    attachments,
    cors,
    engine,
    events,
    handshake,
    heartbeats,
    namespaces,
    partings,
    polling,
    rooms,
    upgrade,
    websocket,
)
from tests.realtime.differential.steps import Cut

SUBJECTS = (
    handshake,
    heartbeats,
    polling,
    upgrade,
    websocket,
    namespaces,
    events,
    attachments,
    rooms,
    partings,
    cors,
    engine,
)
SCRIPTS = {script.name: script for subject in SUBJECTS for script in subject.SCRIPTS}

assert len(SCRIPTS) == sum(len(subject.SCRIPTS) for subject in SUBJECTS), "a name is used twice"

HALF = Cut(half=True)
OVER_TLS = {
    script.name: script
    for subject in (handshake, heartbeats, polling, upgrade, websocket, rooms)
    for script in subject.SCRIPTS
    if HALF not in script.steps
}
"""Where TLS may make a difference; it has no half-closed connections."""
