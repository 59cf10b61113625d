"""Everything in the engine that can grow is on this list, with the test that shows what bounds it.

A new list, dictionary, set, queue or buffer in `src/tertulia/realtime` fails here until it is added.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import tertulia.realtime

SOURCE = Path(tertulia.realtime.__file__).parent
HERE = Path(__file__).parent
GROWS = re.compile(r"\b(bytearray|Counter|deque|dict|list|set|Queue|Set|WeakKeyDictionary)\b")
MAKERS = {"bytearray", "Counter", "deque", "defaultdict", "dict", "list", "set", "Queue"}

BY_THE_APPLICATION = "grows by what the application does, not by what clients do"
WITH_THE_CLIENTS = "test_deadlines.py::test_nothing_stays_of_those_who_left_something_unfinished"
IN_A_TURN = "test_slow_consumers.py::test_nothing_stays_of_slow_clients"
IN_A_RING = "test_slow_consumers.py::test_a_room_keeps_no_more_than_its_ring"

BOUNDED = {
    "client.py Client._members": "test_namespaces.py::test_one_client_is_in_few_namespaces_at_a_time",
    "dispatch.py Handlers.classes": BY_THE_APPLICATION,
    "dispatch.py Handlers.functions": BY_THE_APPLICATION,
    "engine/admission.py Admission._open": "test_admission.py::test_every_end_of_a_connection_is_counted",
    "engine/admission.py _Line.waiting": "test_admission.py::test_who_finds_too_many_waiting_is_refused_at_once",
    "engine/asgi_websocket.py AsgiWebSocket._outgoing": "test_slow_consumers.py::test_bytes_that_wait_are_bounded",
    "engine/asgi_websocket.py AsgiWebSocket._urgent": "test_floods.py::test_who_probes_on_and_on_is_cut",
    "engine/frames.py FrameReader._fragments": "test_sizes.py::test_ten_million_tiny_fragments_are_ten_million_too_many",
    "engine/frames.py FrameReader._rest": "test_sizes.py::test_a_frame_that_comes_byte_by_byte_costs_no_more_than_itself",
    "engine/handshake.py Request.headers": "of one request, within the bounds of the web server",
    "engine/outgoing.py Outgoing._pending": "test_slow_consumers.py::test_packets_that_wait_for_a_poller_are_bounded",
    "engine/outgoing.py Outgoing._volatile": "test_slow_consumers.py::test_volatile_events_for_who_is_behind_are_dropped_and_not_heaped_up",
    "engine/outgoing.py Outgoing.rings": "test_namespaces.py::test_rooms_go_with_their_last_member",
    "engine/pausing.py Pause._waiting": "those who are connected, each once",
    "engine/polling.py PollingTransport._last": "test_deadlines.py::test_who_does_not_fetch_its_last_packets_is_forgotten",
    "engine/polling.py PollingTransport._poll": "test_sizes.py::test_a_reply_holds_sixteen_packets",
    "engine/rings.py Flusher._active": IN_A_TURN,
    "engine/rings.py Flusher._sockets": IN_A_TURN,
    "engine/rings.py Flusher._sweeps": IN_A_TURN,
    "engine/rings.py Ring._ends": IN_A_RING,
    "engine/rings.py Ring._parcels": IN_A_RING,
    "engine/rings.py Ring._skips": IN_A_RING,
    "engine/rings.py Ring._stamps": IN_A_RING,
    "engine/rings.py Ring.behind": IN_A_TURN,
    "engine/rings.py Ring.members": "test_namespaces.py::test_rooms_go_with_their_last_member",
    "engine/rings.py _Sweep._sockets": IN_A_TURN,
    "engine/server.py Server._ids": "a few dozen ids made beforehand",
    "engine/server.py Server._leaving": "test_deadlines.py::test_who_does_not_fetch_its_last_packets_is_forgotten",
    "engine/server.py Server.handlers": BY_THE_APPLICATION,
    "engine/server.py Server.sockets": WITH_THE_CLIENTS,
    "engine/socket.py Socket.session": BY_THE_APPLICATION,
    "engine/volatile.py PutOff._values": "test_slow_consumers.py::test_what_is_put_off_for_one_is_bounded",
    "engine/volatile.py Volatile._seen": "test_slow_consumers.py::test_subjects_of_volatile_events_are_bounded",
    "engine/volatile.py Volatile._waiting": "test_slow_consumers.py::test_subjects_of_volatile_events_are_bounded",
    "engine/wheel.py Wheel._slots": WITH_THE_CLIENTS,
    "exceptions.py ConnectionRefusedError.error_args": BY_THE_APPLICATION,
    "packets.py Packet.received": "test_sizes.py::test_more_than_ten_attachments_close_the_connection",
    "rooms.py Member.callbacks": "test_acknowledgements.py::test_unanswered_questions_to_one_client_are_bounded",
    "rooms.py Member.rooms": "test_namespaces.py::test_rooms_go_with_their_last_member",
    "rooms.py Member.session": BY_THE_APPLICATION,
    "rooms.py Space._rooms": "test_namespaces.py::test_rooms_go_with_their_last_member",
    "rooms.py Space.members": WITH_THE_CLIENTS,
    "server.py Server._spaces": "test_namespaces.py::test_namespaces_that_clients_invent_are_forgotten_with_them",
    "uvicorn_driver.py WebSocketProtocol._connections": WITH_THE_CLIENTS,
    "uvicorn_driver.py _Request._early": "test_sizes.py::test_frames_before_the_answer_to_the_handshake_are_bounded",
}


def test_everything_that_grows_is_on_the_list():
    assert growing() == BOUNDED.keys()


def test_every_test_on_the_list_is_there():
    named = {bound for bound in BOUNDED.values() if "::" in bound}
    there = {
        f"{path.name}::{node.name}"
        for path in HERE.glob("test_*.py")
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.AsyncFunctionDef)
    }
    assert named <= there


def growing() -> set[str]:
    """`file.py Class.attribute` of whatever holds a number of things."""
    return {
        f"{path.relative_to(SOURCE)} {name}"
        for path in SOURCE.rglob("*.py")
        for name in _of_module(ast.parse(path.read_text("utf-8")))
    }


def _of_module(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            yield from (f"{node.name}.{name}" for name in _of_class(node))


def _of_class(tree: ast.ClassDef) -> Iterator[str]:
    for node in ast.walk(tree):
        for target in _made_containers(node):
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self":
                yield target.attr
            elif isinstance(target, ast.Name) and node in tree.body:
                yield target.id


def _made_containers(node: ast.AST) -> list[ast.expr]:
    """What a statement makes a container of."""
    if isinstance(node, ast.AnnAssign) and GROWS.search(ast.unparse(node.annotation)):
        return [node.target]
    return node.targets if isinstance(node, ast.Assign) and _is_container(node.value) else []


def _is_container(value: ast.AST) -> bool:
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        return value.func.id in MAKERS
    return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp)
