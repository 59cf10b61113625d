"""A WebSocket over an `asyncio` transport: what is read, what is written, and how it ends."""

from collections.abc import Iterator
from typing import Any

import pytest

from tertulia.realtime.engine import frames
from tertulia.realtime.engine.limits import Limits
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.stream import MOST_UNREAD, StreamTransport
from tests.realtime.differential.wire.frames import Frame
from tests.realtime.engine.fakes import Ear, Wire, World, parcel

MOST = 1000
LINGER = Limits().linger_seconds


class Line:
    """A client at its end of a wire."""

    def __init__(self, *, probing: bool = False) -> None:
        self.world = World()
        self.wire = Wire()
        self.stream = StreamTransport(self.wire, MOST)
        self.ear = Ear()
        if probing:
            self.socket = self.world.socket("polling")
            self.socket.receiver = self.ear
        with self.world.loop.within():
            if probing:
                self.stream.open(self.socket, probing=True)
                assert self.socket.begin_upgrade(self.stream)
            else:
                self.socket = Socket(self.world.server, "sid", {})
                self.socket.receiver = self.ear
                self.stream.open(self.socket)
                self.world.server.start(self.socket, self.stream)
        self.world.loop.settle()
        self.wire.written = b""

    def say(self, *parts: Frame) -> None:
        with self.world.loop.within():
            self.stream.feed(b"".join(part.encode() for part in parts))

    def messages(self) -> list[str | bytes]:
        self.world.loop.settle()
        return self.ear.messages


def text(data: str) -> Frame:
    return Frame(frames.TEXT, data.encode())


def code(number: int) -> bytes:
    return number.to_bytes(2, "big")


def close(number: int, reason: bytes = b"") -> bytes:
    return frames.frame(frames.CLOSE, code(number) + reason)


@pytest.fixture
def line() -> Iterator[Line]:
    line = Line()
    yield line
    line.world.loop.close()


# --- reading ----------------------------------------------------------------------------------------


def test_messages_are_heard_in_order(line):
    line.say(text("4one"), Frame(frames.BINARY, b"two"), text("4three"))
    assert line.messages() == ["one", b"two", "three"]


def test_fragments_are_one_message(line):
    line.say(
        Frame(frames.TEXT, b"4o", fin=False),
        Frame(frames.PING, b"!"),
        Frame(frames.CONTINUATION, b"ne"),
    )
    assert line.messages() == ["one"]
    assert line.wire.written == frames.frame(frames.PONG, b"!")


def test_a_binary_message_may_come_as_base64(line):
    line.say(text("bb25l"))
    assert line.messages() == [b"one"]


@pytest.mark.parametrize("packet", ["", "7", "x4one"])
def test_what_is_no_packet_closes_its_sender(line, packet):
    line.say(text(packet), text("4two"))
    assert line.messages() == []
    assert line.wire.written == frames.close_frame(frames.NO_STATUS)
    assert line.ear.reasons == ["parse error"]


def test_while_it_is_paused_nothing_is_carried_out(line):
    with line.world.loop.within():
        line.socket.pause()
    assert not line.wire.reading
    line.say(text("4one"), text("4two"))
    before = len(line.messages())
    assert before <= 1, "what was read already"
    with line.world.loop.within():
        line.socket.resume()
    assert line.wire.reading
    assert line.messages() == ["one", "two"]


def test_pausing_in_the_middle_of_what_was_read_keeps_the_rest(line):
    heard: list[Any] = []

    def received(data: str | bytes) -> None:
        heard.append(data)
        line.socket.pause()

    line.ear.received = received
    long = "x" * 500
    line.stream.feed(text("4" + long).encode()[:300])
    rest = text("4" + long).encode()[300:]
    with line.world.loop.within():
        line.stream.feed(rest + b"".join(text(f"4{n}").encode() for n in range(3)))
    for _ in range(3):
        with line.world.loop.within():
            line.socket.resume()
        line.world.loop.settle()
    assert heard == [long, "0", "1", "2"]


# --- rules ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("broken", "number"),
    [
        (Frame(frames.TEXT, b"4\xff"), frames.NOT_TEXT),
        (Frame(frames.TEXT, b"4x", masked=False), frames.PROTOCOL_ERROR),
        (Frame(frames.TEXT, b"4x", rsv=4), frames.PROTOCOL_ERROR),
        (Frame(3, b"x"), frames.PROTOCOL_ERROR),
        (Frame(frames.CONTINUATION, b"x"), frames.PROTOCOL_ERROR),
        (Frame(frames.PING, b"x" * 126), frames.PROTOCOL_ERROR),
        (Frame(frames.CLOSE, b"\x03"), frames.PROTOCOL_ERROR),
        (Frame(frames.CLOSE, code(1005)), frames.PROTOCOL_ERROR),
        (Frame(frames.CLOSE, code(1000) + b"\xff"), frames.NOT_TEXT),
        (Frame(frames.BINARY, b"", length=MOST + 1), frames.TOO_BIG),
    ],
)
def test_who_breaks_the_rules_is_told_with_a_code(line, broken, number):
    line.say(text("4one"), broken)
    assert line.wire.written == close(number)
    assert line.messages() == ["one"]
    assert line.ear.reasons == ["transport error"]


def test_a_message_may_be_as_large_as_the_limit(line):
    line.say(text("4" + "x" * (MOST - 1)))
    assert len(line.messages()[0]) == MOST - 1


def test_who_asks_on_and_on_and_reads_nothing_is_cut_off(line):
    line.wire.unread = MOST_UNREAD + 1
    line.say(Frame(frames.PING, b"x"))
    assert line.wire.ended == "aborted"
    assert not line.wire.written


# --- writing ----------------------------------------------------------------------------------------


def test_a_sweep_writes_to_the_stream_itself(line):
    assert line.socket.push is not None
    line.socket.push(b"frames")
    assert line.wire.written == b"frames"


def test_who_takes_no_more_is_left_alone_until_it_does(line):
    line.stream.writable(False)
    assert line.socket.push is None
    with line.world.loop.within():
        line.socket.send(parcel("one"))
        line.socket.send(parcel("two"))
    line.world.loop.settle()
    assert not line.wire.written
    with line.world.loop.within():
        line.stream.writable(True)
    assert line.wire.written == parcel("one").wire + parcel("two").wire
    assert line.socket.push is not None


# --- the end ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("payload", [b"", code(1000), code(4000) + b"bye"])
def test_a_close_is_answered_in_kind(line, payload):
    line.say(text("4one"), Frame(frames.CLOSE, payload), text("4two"))
    assert line.wire.written == frames.frame(frames.CLOSE, payload)
    assert line.wire.ended == "closed"
    assert line.messages() == ["one"]
    assert line.ear.reasons == ["transport close"]


def test_the_server_closes_after_the_last_words(line):
    with line.world.loop.within():
        line.socket.send(parcel("owed"))
        line.socket.close("server disconnect", parcel("bye"), code=1012)
    assert line.wire.written == parcel("owed").wire + parcel("bye").wire + close(1012)
    assert line.wire.ended is None, "the client may answer"
    line.say(text("4too late"), Frame(frames.CLOSE, code(1012)))
    assert line.wire.ended == "closed"
    assert not line.messages()
    assert line.ear.reasons == ["server disconnect"]


def test_who_does_not_answer_a_close_is_cut_off(line):
    with line.world.loop.within():
        line.socket.close("server disconnect")
    line.world.loop.advance(LINGER - 0.1)
    assert line.wire.ended is None
    line.world.loop.advance(0.2)
    assert line.wire.ended == "aborted"


def test_nonsense_after_a_close_is_cut_off(line):
    with line.world.loop.within():
        line.socket.close("server disconnect")
    line.say(Frame(frames.TEXT, b"x", masked=False))
    assert line.wire.ended == "aborted"


def test_a_close_that_waits_behind_a_pause_is_seen(line):
    with line.world.loop.within():
        line.socket.pause()
        line.socket.close("server disconnect")
    assert line.wire.reading
    line.say(Frame(frames.CLOSE))
    assert line.wire.ended == "closed"


def test_a_stream_that_is_gone_ends_the_client_once(line):
    line.wire.close()
    with line.world.loop.within():
        line.stream.lost()
        line.stream.lost()
        line.socket.send(parcel("too late"))
    line.world.loop.settle()
    assert line.ear.reasons == ["transport close"]
    assert not line.wire.written


def test_a_server_that_stops_says_so(line):
    with line.world.loop.within():
        line.stream.shut_down()
    assert line.wire.written == close(frames.RESTART)


def test_nothing_is_left_after_the_end(line):
    with line.world.loop.within():
        line.socket.close("server disconnect")
    line.say(Frame(frames.CLOSE))
    with line.world.loop.within():
        line.stream.lost()
    line.world.loop.advance(2)
    assert line.world.loop.timers() == 0


# --- a probe ----------------------------------------------------------------------------------------


@pytest.fixture
def probe() -> Iterator[Line]:
    line = Line(probing=True)
    yield line
    line.world.loop.close()


def test_a_probe_is_answered_and_takes_over(probe):
    with probe.world.loop.within():
        probe.socket.send(parcel("waits"))
    probe.world.loop.settle()
    probe.say(text("2probe"))
    assert probe.wire.written == frames.frame(frames.TEXT, b"3probe")
    probe.say(text("5"), text("4one"))
    assert probe.socket.transport is probe.stream
    assert probe.wire.written.endswith(parcel("waits").wire)
    assert probe.messages() == ["one"]


@pytest.mark.parametrize(
    "odd", [text(""), text("2"), text("2prob"), text("3probe"), text("42"), text("1"), text("6"),
            Frame(frames.BINARY, b"2probe")],
)  # fmt: skip
@pytest.mark.parametrize("probed", [False, True])
def test_anything_else_ends_the_probe_and_not_the_client(probe, odd, probed):
    probe.say(*([text("2probe")] if probed else []), odd)
    assert probe.wire.written.endswith(frames.close_frame(frames.NO_STATUS))
    assert not probe.socket.closed
    assert probe.socket.upgrading is None
    assert not probe.messages()


def test_a_probe_has_its_time(probe):
    probe.world.loop.advance(probe.world.server.limits.handshake_seconds + 0.1)
    assert probe.wire.written == frames.close_frame(frames.NO_STATUS)
    assert not probe.socket.closed


def test_the_loss_of_a_probe_is_not_the_end(probe):
    with probe.world.loop.within():
        probe.stream.lost()
    assert probe.socket.upgrading is None
    assert not probe.socket.closed
