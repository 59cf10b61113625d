"""Socket.IO packets: what is written comes back, and odd ones are taken or refused as npm socket.io does."""

import json as stdlib_json
import math
from typing import Any

import pytest
import socketio.packet
from hypothesis import given
from hypothesis import strategies as st

from tertulia.realtime import packets
from tertulia.realtime.engine.packets import Malformed, Parcel
from tertulia.realtime.packets import STRICT, Packet, RawJSON

MOST = 10
SURROGATE = "\ud800"

TEXT = st.text(max_size=12)
NAMESPACES = st.one_of(
    st.just("/"),
    st.text(st.characters(blacklist_characters=",", codec="utf-8"), max_size=8).map("/{}".format),
)
IDS = st.one_of(st.none(), st.integers(0, packets.MOST_ID - 1))
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXT,
)


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(TEXT.filter(lambda key: key != "_placeholder"), inner, max_size=4),
        ),
        max_leaves=8,
    )


JSON = nested(LEAVES)
BINARY = nested(st.one_of(LEAVES, st.binary(max_size=8)))
NAMES = TEXT.filter(lambda name: name not in packets.RESERVED)


def decode(text: str) -> Packet:
    return packets.decode(text, STRICT, MOST)


def read(parcel: Parcel) -> Packet:
    """What a peer makes of a parcel."""
    text, *attachments = parcel.packets
    assert isinstance(text, str)
    assert text[0] == "4"
    packet = packets.decode(text[1:], STRICT, 10_000)
    assert packet.attachments == len(attachments)
    for at, data in enumerate(attachments, 1):
        assert isinstance(data, bytes)
        assert packets.attach(packet, data) == (at == len(attachments))
    return packet


def event(
    name: str, arguments: Any = None, *, id_: int | None = None, namespace: str = "/"
) -> Parcel:
    return packets.event(name, arguments, id_=id_, namespace=namespace, json=STRICT)


def text_of(parcel: Parcel) -> str:
    text = parcel.packets[0]
    assert isinstance(text, str)
    return text


# --- round trips ------------------------------------------------------------------------------------


@given(NAMES, st.lists(BINARY, max_size=3), IDS, NAMESPACES)
def test_an_event_comes_back_as_it_was(name, arguments, id_, namespace):
    packet = read(event(name, tuple(arguments), id_=id_, namespace=namespace))
    assert packet.data == [name, *arguments]
    assert (packet.namespace, packet.id) == (namespace, id_)
    assert packet.kind in {packets.EVENT, packets.BINARY_EVENT}


@given(st.lists(BINARY, max_size=3), st.integers(0, packets.MOST_ID - 1), NAMESPACES)
def test_an_acknowledgement_comes_back_as_it_was(arguments, id_, namespace):
    packet = read(packets.ack(tuple(arguments), id_, namespace, STRICT))
    assert (packet.data, packet.namespace, packet.id) == (arguments, namespace, id_)


@given(NAMES, st.lists(BINARY, max_size=3), st.integers(0, 2**31))
def test_python_socketio_reads_what_is_written(name, arguments, id_):
    text, *attachments = event(name, tuple(arguments), id_=id_, namespace="/a").packets
    theirs = socketio.packet.Packet(encoded_packet=str(text)[1:])
    for data in attachments:
        theirs.add_attachment(data)
    assert theirs.data == [name, *arguments]
    assert (theirs.id, theirs.namespace) == (id_, "/a")


@given(NAMES, st.lists(BINARY, max_size=3))
def test_what_python_socketio_writes_is_read(name, arguments):
    kind = socketio.packet.EVENT
    theirs = socketio.packet.Packet(kind, data=[name, *arguments], namespace="/a", id=7)
    encoded: Any = theirs.encode()
    text, *attachments = encoded if isinstance(encoded, list) else [encoded]
    packet = packets.decode(text, STRICT, 10_000)
    for data in attachments:
        packets.attach(packet, data)
    assert (packet.data, packet.namespace, packet.id) == ([name, *arguments], "/a", 7)


# --- writing ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (None, '42["e"]'),
        ((), '42["e"]'),
        ("a", '42["e","a"]'),
        (("a", 1), '42["e","a",1]'),
        ((None,), '42["e",null]'),
        (["a", 1], '42["e",["a",1]]'),
        ({"b": [1.5, True]}, '42["e",{"b":[1.5,true]}]'),
        ("¿qué?", '42["e","¿qué?"]'),
        (math.nan, '42["e",null]'),
        ([math.inf, {"x": -math.inf}], '42["e",[null,{"x":null}]]'),
        (SURROGATE, '42["e","\\ud800"]'),
        ({SURROGATE: [math.nan, "é"]}, '42["e",{"\\ud800":[null,"\\u00e9"]}]'),
        (RawJSON(b'{"raw":[1, 2]}'), '42["e",{"raw":[1, 2]}]'),
    ],
)
def test_arguments_are_written_as_javascript_writes_them(arguments, text):
    assert text_of(event("e", arguments)) == text
    assert event("e", arguments).wire.endswith(text.encode())


def test_namespaces_and_ids_have_their_places():
    assert text_of(event("e", id_=3)) == '423["e"]'
    assert text_of(event("e", "a", id_=3, namespace="/n")) == '42/n,3["e","a"]'
    assert text_of(packets.ack((1, 2), 5, "/", STRICT)) == "435[1,2]"
    assert text_of(packets.ack(None, 5, "/n", STRICT)) == "43/n,5[]"
    assert text_of(packets.control(packets.CONNECT, "/", {"sid": "x"})) == '40{"sid":"x"}'
    assert text_of(packets.control(packets.DISCONNECT, "/n")) == "41/n,"


def test_placeholders_are_numbered_as_the_bytes_are_met():
    data = {"a": b"0", "b": [b"1", {"c": bytearray(b"2")}], "d": memoryview(b"3"), "e": b"0"}
    text, *attachments = event("e", (data, b"5"), namespace="/n").packets
    assert attachments == [b"0", b"1", b"2", b"3", b"0", b"5"]
    numbers = [part.split("}")[0] for part in str(text).split('"num":')[1:]]
    assert numbers == ["0", "1", "2", "3", "4", "5"]
    assert str(text).startswith('456-/n,["e",{"a":{"_placeholder":true,"num":0}')


def test_encoded_json_is_sent_as_it_is_or_read_where_it_cannot_be():
    raw = RawJSON(b'{"n":1}')
    assert text_of(packets.ack(raw, 1, "/", STRICT)) == '431[{"n":1}]'
    assert text_of(event("e", raw, id_=2)) == '422["e",{"n":1}]'
    text, *attachments = event("e", (raw, b"x")).packets
    assert text == '451-["e",{"n":1},{"_placeholder":true,"num":0}]'
    assert attachments == [b"x"]


def test_what_is_no_json_is_the_caller_s_error():
    with pytest.raises(TypeError):
        event("e", object())
    with pytest.raises(TypeError):
        event("e", (b"x", object()))


class Shouting:
    """A JSON module of an application."""

    def dumps(self, obj: Any, **options: Any) -> str:
        return stdlib_json.dumps(obj, **options).upper()

    def loads(self, s: str, **_options: Any) -> Any:
        return stdlib_json.loads(s.lower())


def test_an_application_may_bring_its_own_json():
    parcel = packets.event("e", {"a": b"x"}, id_=1, namespace="/", json=Shouting())
    assert parcel.packets[0] == '451-1["E",{"A":{"_PLACEHOLDER":TRUE,"NUM":0}}]'
    assert packets.event("e", "a", id_=None, namespace="/", json=Shouting()).packets == (
        '42["E","A"]',
    )
    assert packets.decode('2["E","A"]', Shouting(), MOST).data == ["e", "a"]
    assert packets.decode('21["E"]', Shouting(), MOST).data == ["e"]


# --- reading odd packets ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "namespace", "id_", "data"),
    [
        ("0", 0, "/", None, None),
        ("0{}", 0, "/", None, {}),
        ('0{"token":1}', 0, "/", None, {"token": 1}),
        ("01", 0, "/", 1, None),
        ("0/", 0, "/", None, None),
        ("0/,", 0, "/", None, None),
        ("0/admin", 0, "/admin", None, None),
        ('0/admin,{"a":1}', 0, "/admin", None, {"a": 1}),
        ('0/admin{"a":1}', 0, '/admin{"a":1}', None, None),
        ("0/admin?x=1,", 0, "/admin?x=1", None, None),
        ("1", 1, "/", None, None),
        ("11", 1, "/", 1, None),
        ("1/,", 1, "/", None, None),
        ('2["a"]', 2, "/", None, ["a"]),
        ("2[1]", 2, "/", None, [1]),
        ("2[1.5]", 2, "/", None, [1.5]),
        ('2[""]', 2, "/", None, [""]),
        ('2["__proto__"]', 2, "/", None, ["__proto__"]),
        ("2", 2, "/", None, []),
        ("28", 2, "/", 8, []),
        ('2007["a"]', 2, "/", 7, ["a"]),
        (f'2{packets.MOST_ID - 1}["a"]', 2, "/", packets.MOST_ID - 1, ["a"]),
        ('2["a",1e400]', 2, "/", None, ["a", math.inf]),
        ('2["a","\\ud800"]', 2, "/", None, ["a", SURROGATE]),
        ('2["a",{"_placeholder":true,"num":0}]', 2, "/", None, ["a", {"_placeholder": True, "num": 0}]),
        ("3", 3, "/", None, []),
        ("31", 3, "/", 1, []),
        ('31["connect"]', 3, "/", 1, ["connect"]),
        ("3/n,001[null]", 3, "/n", 1, [None]),
    ],
)  # fmt: skip
def test_odd_packets_are_taken(text, kind, namespace, id_, data):
    packet = decode(text)
    assert (packet.kind, packet.namespace, packet.id, packet.data) == (kind, namespace, id_, data)


MALFORMED = [
    "", "7", "9", "x", "-1", " 2", "4", '4{"message":"x"}',
    "0[]", '0"x"', "0null", "0true", "0{", "0,", "0,{}",
    "1[]", "1{}", "1null",
    "2[]", "2{}", '2"x"', "2null", '2,["a"]', "2[null]", "2[true]", '2[["a"]]', "2[{}]",
    '2["connect"]', '2["connect_error"]', '2["disconnect"]', '2["disconnecting"]',
    '2["newListener"]', '2["removeListener"]',
    "2[NaN]", '2["a",Infinity]', '2["a",-Infinity]', '2["a",undefined]', '2["a",01]', '2["a",1.]',
    '2["a",0x1]', '2["a",]', '2["a"]x', '2["a"]["b"]', '2["a"/**/]', '2["a\n"]', '2["\\x41"]',
    "2['a']", '2["a"', '\ufeff2["a"]', '2\ufeff["a"]',
    '2-1["a"]', '2+1["a"]', '21.5["a"]', '21e3["a"]', '20x1["a"]', '2١["a"]',
    f'2{packets.MOST_ID}["a"]', f'2{"9" * 400}["a"]', '21-["a"]',
    "3{}", '31"a"', "31null", "31[", "31-[]",
    '5["a"]', '50-["a"]', '511-["a"]', '59999999999-["a"]', '5-1-["a"]', '51.5-["a"]',
    '5Infinity-["a"]', '5x-["a"]', '5-["a"]', '51["a"]', "51-", "51-[]", "51-{}", '51-["connect"]',
    '51-[{"_placeholder":true,"num":0}]', '5١-["a"]',
    "61-", "61-1", "61-1{}", "60-1[]", "6[]",
]  # fmt: skip


@pytest.mark.parametrize("text", MALFORMED)
def test_what_no_client_says_is_malformed(text):
    with pytest.raises(Malformed):
        decode(text)


@given(st.text(max_size=30), st.sampled_from("0123456"))
def test_whatever_comes_is_read_or_malformed(text, kind):
    try:
        decode(kind + text)
    except Malformed:
        return


@pytest.mark.parametrize("deep", [900, 100_000])
def test_deep_json_is_read_or_malformed(deep):
    text = f'2["a",{"[" * deep}{"]" * deep}]'
    if deep < 1000:
        assert len(decode(text).data) == 2
    else:
        with pytest.raises(Malformed):
            decode(text)


# --- attachments ------------------------------------------------------------------------------------


def attached(data: str, *attachments: bytes) -> Any:
    packet = decode(f'5{len(attachments)}-["a",{data}]')
    for at, octets in enumerate(attachments, 1):
        assert packets.attach(packet, octets) == (at == len(attachments))
    return packet.data[1]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"_placeholder":true,"num":1}', b"two"),
        ('{"_placeholder":true,"num":0,"more":[1]}', b"one"),
        ('{"_placeholder":true,"num":1.0}', b"two"),
        ('{"_placeholder":true,"num":-0}', b"one"),
        ('{"_placeholder":true,"num":-0.0}', b"one"),
        ('[{"_placeholder":true,"num":1},{"_placeholder":true,"num":1}]', [b"two", b"two"]),
        ('{"x":{"y":[{"_placeholder":true,"num":0}]}}', {"x": {"y": [b"one"]}}),
        ('{"_placeholder":false,"num":0}', {"_placeholder": False, "num": 0}),
        ('{"_placeholder":1,"num":0}', {"_placeholder": 1, "num": 0}),
        ('{"_placeholder":"true","num":0}', {"_placeholder": "true", "num": 0}),
        ("null", None),
    ],
)
def test_placeholders_are_filled(data, expected):
    assert attached(data, b"one", b"two") == expected


@pytest.mark.parametrize(
    "number", ['"0"', "true", "false", "null", "-1", "2", "1e400", "0.5", "[0]", "9999999999999999"]
)
def test_a_placeholder_for_nothing_is_malformed(number):
    with pytest.raises(Malformed):
        attached(f'{{"_placeholder":true,"num":{number}}}', b"one", b"two")


def test_a_placeholder_without_a_number_is_malformed():
    with pytest.raises(Malformed):
        attached('{"_placeholder":true}', b"one")


@pytest.mark.parametrize("count", [1, MOST])
def test_so_many_attachments_are_taken(count):
    assert decode(f'5{count}-["a"]').attachments == count
    assert decode(f'50{count}-["a"]').attachments == count


def test_an_acknowledgement_may_have_attachments():
    packet = decode('61-/n,5[{"_placeholder":true,"num":0}]')
    assert packets.attach(packet, b"one")
    assert (packet.kind, packet.id, packet.namespace, packet.data) == (6, 5, "/n", [b"one"])
