"""Frames against a slow reference that follows RFC 6455 line by line, and against `websockets`."""

import sys
from dataclasses import dataclass
from itertools import islice, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets import frames as other_frames
from websockets.exceptions import PayloadTooBig, ProtocolError
from websockets.streams import StreamReader

from tertulia.realtime.engine import frames
from tertulia.realtime.engine.frames import FrameError, FrameReader
from tests.realtime.differential.wire.frames import Frame

MOST = 200
Messages = list[tuple[int, bytes]]


@dataclass
class Outcome:
    """What a stream of bytes leads to: messages, and the code of the error after them."""

    messages: Messages
    code: int | None = None


# --- the slow, obvious reference --------------------------------------------------------------------


def reference(data: bytes, most: int) -> Outcome:
    """Read a whole stream, one frame after the other."""
    out = Outcome([])
    parts: list[bytes] = []
    opcode = None
    while len(data) >= 2:
        kind, is_last = data[0] & 0x0F, bool(data[0] & 0x80)
        start, length = announced(data)
        if is_against_the_rules(data):
            return Outcome(out.messages, 1002)
        if length is not None and kind < 8 and sum(map(len, parts)) + length > most:
            return Outcome(out.messages, 1009)
        if length is None or len(data) < start + length:
            return out
        mask = data[start - 4 : start]
        payload = bytes(data[start + n] ^ mask[n % 4] for n in range(length))
        data = data[start + length :]
        if kind >= 8:
            out.messages.append((kind, payload))
        elif 3 <= kind <= 7 or (kind == 0) != (opcode is not None):
            return Outcome(out.messages, 1002)
        else:
            parts.append(payload)
            opcode = kind if opcode is None else opcode
        if kind < 8 and is_last:
            out.messages.append((opcode or 0, b"".join(parts)))
            parts, opcode = [], None
    return out


def announced(data: bytes) -> tuple[int, int | None]:
    """Where the payload of a frame starts, and how long it is, if that has come."""
    short = data[1] & 0x7F
    extra = {126: 2, 127: 8}.get(short, 0)
    if len(data) < 2 + extra:
        return 6 + extra, None
    return 6 + extra, int.from_bytes(data[2 : 2 + extra], "big") if extra else short


def is_against_the_rules(data: bytes) -> bool:
    """What the first two octets of a frame may not be."""
    if data[0] & 0x70 or not data[1] & 0x80:
        return True
    kind = data[0] & 0x0F
    return kind >= 8 and (kind > 10 or not data[0] & 0x80 or data[1] & 0x7F > 125)


def read(chunks: list[bytes], most: int = MOST) -> Outcome:
    """What the reader makes of bytes that come in pieces."""
    reader = FrameReader(most)
    out = Outcome([])
    try:
        for chunk in chunks:
            for message in reader.read(chunk):
                out.messages.append(message)
    except FrameError as error:
        out.code = error.code
    return out


def masked(opcode: int, payload: bytes = b"", fin: bool = True, **odd: object) -> bytes:
    return Frame(opcode, payload, fin, **odd).encode()  # type: ignore[arg-type]


MASKS = st.binary(min_size=4, max_size=4)
PAYLOADS = st.one_of(st.binary(max_size=20), st.binary(min_size=120, max_size=MOST + 10))
ODD = st.builds(
    Frame,
    st.integers(0, 15),
    PAYLOADS,
    fin=st.booleans(),
    rsv=st.sampled_from([0, 0, 0, 0, 0, 0, 0, 1, 2, 4]),
    masked=st.sampled_from([True] * 9 + [False]),
    mask=MASKS,
)
CONTROL = st.builds(Frame, st.sampled_from([8, 9, 10]), st.binary(max_size=125), mask=MASKS)


@st.composite
def right_streams(draw: st.DrawFn) -> tuple[bytes, Messages]:
    """Messages, some in fragments with control frames between, and their bytes."""
    data, messages = b"", []
    for _ in range(draw(st.integers(1, 4))):
        opcode = draw(st.sampled_from([frames.TEXT, frames.BINARY]))
        parts = draw(st.lists(st.binary(max_size=60), min_size=1, max_size=3))
        for at, part in enumerate(parts):
            for control in draw(st.lists(CONTROL, max_size=1)):
                data += control.encode()
                messages.append((control.opcode, control.payload))
            kind = opcode if at == 0 else frames.CONTINUATION
            data += Frame(kind, part, at == len(parts) - 1, mask=draw(MASKS)).encode()
        messages.append((opcode, b"".join(parts)))
    return data, messages


def cut(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(at % (len(data) + 1) for at in cuts), len(data)]
    return [data[start:end] for start, end in pairwise(places)]


CUTS = st.lists(st.integers(0, 1000), max_size=8)


# --- reading ----------------------------------------------------------------------------------------


@given(right_streams(), CUTS)
def test_messages_come_out_however_the_stream_is_cut(stream, cuts):
    data, messages = stream
    assert read(cut(data, cuts)) == Outcome(messages)
    assert read([bytes([octet]) for octet in data]) == Outcome(messages)


@given(st.lists(ODD, max_size=6), CUTS)
def test_odd_frames_end_as_the_reference_says(odd, cuts):
    data = b"".join(frame.encode() for frame in odd)
    assert read(cut(data, cuts)) == reference(data, MOST)


@given(st.binary(max_size=60), CUTS)
def test_noise_ends_as_the_reference_says(data, cuts):
    assert read(cut(data, cuts)) == reference(data, MOST)


def parse(data: bytes) -> Outcome:
    """What `websockets` makes of single frames."""
    stream = StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    out = Outcome([])
    while not out.code and data:
        parser = other_frames.Frame.parse(stream.read_exact, mask=True, max_size=MOST)
        try:
            next(parser)
        except StopIteration as end:
            out.messages.append((end.value.opcode, bytes(end.value.data)))
        except ProtocolError:
            out.code = 1002
        except PayloadTooBig:
            out.code = 1009
        except EOFError:
            return out
    return out


@given(st.lists(ODD.filter(lambda it: it.fin and it.opcode), max_size=6))
def test_single_frames_are_read_as_websockets_reads_them(odd):
    data = b"".join(frame.encode() for frame in odd)
    ours, theirs = read([data]), parse(data)
    if ours.code == theirs.code:
        assert ours == theirs
    else:  # a length and a type that are both wrong
        assert {ours.code, theirs.code} == {1002, 1009}
        assert ours.messages == theirs.messages


@given(right_streams(), CUTS, st.integers(0, 5))
def test_whoever_stops_in_the_middle_goes_on(stream, cuts, pause):
    data, messages = stream
    reader, got = FrameReader(MOST), []
    for chunk in cut(data, cuts):
        rest = chunk
        while True:
            going = reader.read(rest)
            taken = list(islice(going, pause + 1))
            going.close()
            got += taken
            rest = b""
            if not taken:
                break
    assert got == messages


def test_what_waits_behind_a_long_frame_is_read_after_a_stop():
    long, short = masked(frames.TEXT, b"x" * 150), masked(frames.TEXT, b"y")
    reader = FrameReader(MOST)
    assert not list(reader.read(long[:100]))
    going = reader.read(long[100:] + short)
    assert next(going) == (frames.TEXT, b"x" * 150)
    going.close()
    assert list(reader.read(b"")) == [(frames.TEXT, b"y")]


# --- limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("length", [MOST + 1, 1 << 16, 1 << 31, 1 << 63])
def test_a_size_is_judged_from_the_header(length):
    header = Frame(frames.BINARY, b"", length=length).encode()[:-4]
    assert read([header]).code == frames.TOO_BIG
    assert read([bytes([octet]) for octet in header]).code == frames.TOO_BIG


def test_a_message_may_be_as_large_as_the_limit():
    whole = b"x" * MOST
    half = masked(frames.TEXT, whole[:150], False) + masked(frames.CONTINUATION, whole[150:])
    assert read([masked(frames.TEXT, whole), half]) == Outcome([(frames.TEXT, whole)] * 2)


def test_fragments_count_together_and_control_frames_do_not():
    start = masked(frames.TEXT, b"x" * 150, False) + masked(frames.PING, b"p" * 125)
    over = masked(frames.CONTINUATION, b"x" * 51)
    assert read([start, over[:2]]) == Outcome([(frames.PING, b"p" * 125)], frames.TOO_BIG)


def test_empty_fragments_have_an_end():
    one = masked(frames.CONTINUATION, b"", False)
    start = masked(frames.TEXT, b"", False)
    most = [start, *[one] * (frames.MOST_FRAGMENTS - 2)]
    assert read([*most, masked(frames.CONTINUATION)]) == Outcome([(frames.TEXT, b"")])
    assert read([*most, one, one]).code == frames.POLICY


class Counting(FrameReader):
    """Counts how often it looks at a frame."""

    looks = 0

    def _bounds(self, data: bytes, at: int, size: int) -> tuple[int, int]:
        self.looks += 1
        return super()._bounds(data, at, size)


def test_a_frame_that_dribbles_is_looked_at_three_times():
    payload = b"z" * 70_000
    reader, got = Counting(100_000), []
    for octet in masked(frames.BINARY, payload):
        got += reader.read(bytes([octet]))
    assert got == [(frames.BINARY, payload)]
    assert reader.looks == 3, "the first two octets, the length, the whole"


# --- close frames -----------------------------------------------------------------------------------


GOOD = [*range(1000, 1004), *range(1007, 1015), 3000, 3999, 4000, 4999]
BAD = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535]


@pytest.mark.parametrize("code", GOOD)
def test_a_right_code_is_answered_in_kind(code):
    frames.check_close(code.to_bytes(2, "big") + "adiós".encode())


@pytest.mark.parametrize("code", BAD)
def test_a_wrong_code_is_an_error(code):
    with pytest.raises(FrameError) as caught:
        frames.check_close(code.to_bytes(2, "big"))
    assert caught.value.code == frames.PROTOCOL_ERROR


def test_a_close_without_a_code_is_right_and_half_a_code_wrong():
    frames.check_close(b"")
    with pytest.raises(FrameError) as caught:
        frames.check_close(b"\x03")
    assert caught.value.code == frames.PROTOCOL_ERROR


def test_a_reason_that_is_no_text_is_an_error():
    with pytest.raises(FrameError) as caught:
        frames.check_close(b"\x03\xe8\xff")
    assert caught.value.code == frames.NOT_TEXT


# --- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
@pytest.mark.parametrize("opcode", [frames.TEXT, frames.BINARY, frames.CLOSE, frames.PONG])
def test_a_frame_is_written_as_websockets_writes_it(opcode, size):
    payload = b"a" * size
    other = other_frames.Frame(other_frames.Opcode(opcode), payload)
    if opcode in {frames.TEXT, frames.BINARY} or size <= frames.MOST_CONTROL:
        assert frames.frame(opcode, payload) == other.serialize(mask=False)


def test_a_close_frame_carries_its_code_or_none():
    assert frames.close_frame(frames.RESTART) == b"\x88\x02\x03\xf4"
    assert frames.close_frame(frames.NO_STATUS) == b"\x88\x00"


@given(st.binary(max_size=300), MASKS)
def test_unmasking_twice_changes_nothing(payload, key):
    plain = frames.unmask(key, payload)
    assert plain == bytes(octet ^ key[at % 4] for at, octet in enumerate(payload))
    assert frames.unmask(key, plain) == payload


def test_a_size_that_no_machine_has_is_no_error_of_its_own():
    header = Frame(frames.TEXT, b"", length=sys.maxsize).encode()[:-4]
    assert read([header]).code == frames.TOO_BIG


@pytest.mark.parametrize("size", range(1, 126))
def test_what_is_not_masked_is_never_the_short_way_s(size):
    """Not even where the bytes behind it make it as long as the masked frame that it is not."""
    data = bytes([0x80 | frames.TEXT, size]) + b"x" * (0x80 ^ size) + b"x" * 4
    assert FrameReader(10_000).only_text(data) is None
    assert read([data]).code == frames.PROTOCOL_ERROR
