"""Engine.IO packets and polling payloads, as the reference implementation reads and writes them."""

from base64 import b64decode, b64encode

import engineio.packet
import engineio.payload
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tertulia.realtime.engine import packets
from tertulia.realtime.engine.packets import Malformed, Parcel, message
from tests.realtime.engine.fakes import packets_of

SEPARATOR = packets.SEPARATOR
TEXT = st.text().filter(lambda text: SEPARATOR not in text)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def decoded(body: bytes) -> list[packets.Packet]:
    return list(packets.decode_payload(body))


@given(st.lists(st.one_of(TEXT, st.binary()), min_size=1, max_size=5))
def test_messages_come_back_as_they_were(datas):
    parcels = [message(data) for data in datas]
    body = packets.encode_payload(it for parcel in parcels for it in parcel.packets)
    assert decoded(body) == [(packets.MESSAGE, data) for data in datas]


@given(st.lists(st.one_of(TEXT, st.binary()), min_size=1, max_size=5))
def test_python_engineio_reads_what_is_written(datas):
    body = packets.encode_payload(it for data in datas for it in message(data).packets)
    theirs = engineio.payload.Payload(encoded_payload=body.decode()).packets
    for packet, data in zip(theirs, datas, strict=True):
        assert packet.packet_type == engineio.packet.MESSAGE
        assert packet.data == data or str(packet.data) == data or isinstance(data, str)


@pytest.mark.parametrize("kind", "0123456")
def test_every_type_has_its_data(kind):
    assert packets.decode(f"{kind}probe") == (kind, "probe")
    assert packets.decode(kind) == (kind, "")


@pytest.mark.parametrize("text", ["", "7", "9x", "x", " 4", "\ufeff4x", "٤x", "-1"])
def test_what_is_no_packet_is_malformed(text):
    with pytest.raises(Malformed):
        packets.decode(text)


@pytest.mark.parametrize("body", [b"", b"\x1e4a", b"4a\x1e", b"4a\x1e\x1e4b"])
def test_an_empty_packet_is_malformed_where_it_stands(body):
    reading = packets.decode_payload(body)
    before = body.split(b"\x1e").index(b"")
    assert [next(reading) for _ in range(before)] == [("4", "a")][:before]
    with pytest.raises(Malformed):
        next(reading)


def test_octets_that_are_no_text_are_replaced():
    assert decoded(b"4a\xffb\x1e4\xc3\xa9") == [("4", "a\ufffdb"), ("4", "é")]


# --- base64, as Node reads it -----------------------------------------------------------------------


@given(st.binary())
def test_base64_is_read_padded_or_not_in_both_alphabets(data):
    text = b64encode(data).decode()
    for variant in (text, text.rstrip("="), text.translate(str.maketrans("+/", "-_"))):
        assert packets.decode(f"b{variant}") == ("4", data)


@given(st.binary(), st.text(alphabet=" \n!#é\x00.", min_size=1))
def test_what_is_no_base64_is_skipped(data, noise):
    text = b64encode(data).decode().rstrip("=")
    middle = len(text) // 2
    assert packets.decode(f"b{noise}{text[:middle]}{noise}{text[middle:]}") == ("4", data)


@given(st.text(alphabet=ALPHABET + "=", max_size=20))
def test_base64_ends_at_the_first_padding(text):
    kept = text.partition("=")[0]
    kept = kept[:-1] if len(kept) % 4 == 1 else kept
    assert packets.decode(f"b{text}") == ("4", b64decode(kept + "=" * (-len(kept) % 4)))


@pytest.mark.parametrize("text", ["", "A", "=", "====", "!", "=AAAA"])
def test_base64_of_nothing_is_nothing(text):
    assert packets.decode(f"b{text}") == ("4", b"")


# --- parcels ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 100, 124, 125, 65_534, 65_535, 70_000])
def test_a_parcel_is_the_same_over_both_transports(size):
    parcel = message("é" * (size // 2))
    assert packets_of(parcel.wire) == list(parcel.packets)


def test_a_parcel_with_attachments_is_one_frame_after_the_other():
    parcel = Parcel("451-[0]", b"one", b"two")
    assert parcel.wire == b"".join(Parcel(it).wire for it in parcel.packets)
    assert packets.encode_payload(parcel.packets) == b"451-[0]\x1eb" + b64encode(
        b"one"
    ) + b"\x1eb" + b64encode(b"two")
