import json

from tertulia.chaos.power.calls import Sent
from tertulia.chaos.power.wire import Acknowledged, Told, facts

SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
MESSAGE = {"id": "m", "conversation_id": "c", "seq": 7, "text": "ñ" * 200}
ACKNOWLEDGED = Acknowledged(2, "m", "c", 7)


def frame(text: str, *, opcode: int = 0x81) -> bytes:
    data = text.encode()
    length = bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2)
    return bytes([opcode]) + length + data


def told(*pieces: bytes) -> list:
    return facts(Sent(line, line, "socket:[1]", piece) for line, piece in enumerate(pieces, 1))


def answer(body: object, status: str = "201 Created") -> bytes:
    data = json.dumps(body).encode()
    return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status.encode(), len(data), data)


ACK = frame("4312" + json.dumps([{"ok": True, "result": {"message": MESSAGE}}]))


def test_an_acknowledgement_stands_where_its_last_byte_was_sent():
    assert told(SWITCHED, ACK) == [ACKNOWLEDGED]
    assert told(SWITCHED + ACK[:-1], ACK[-1:]) == [ACKNOWLEDGED]


def test_frames_may_come_together_or_byte_by_byte():
    assert told(SWITCHED, frame("2") + ACK + ACK) == [ACKNOWLEDGED] * 2
    assert len(told(*(bytes([byte]) for byte in SWITCHED + ACK))) == 1


def test_a_message_may_come_in_several_frames():
    text = "4312" + json.dumps([{"ok": True, "result": {"message": MESSAGE}}])
    parts = frame(text[:50], opcode=0x01) + frame("", opcode=0x89) + frame(text[50:], opcode=0x80)
    assert told(SWITCHED, parts) == [ACKNOWLEDGED]


def test_a_refusal_promises_nothing():
    assert not told(SWITCHED, frame("4312" + json.dumps([{"ok": False, "error": {}}])))


def test_an_update_was_heard():
    update = {"conversation_id": "c", "seq": 7, "type": "message_posted", "message": MESSAGE}
    event = frame("42" + json.dumps(["conversations.message_posted", update]))
    assert told(SWITCHED, event) == [Told(2, "c", 7, "message_posted", "m")]
    left = {"conversation_id": "c", "seq": 8, "type": "member_left"}
    event = frame("42" + json.dumps(["conversations.member_left", left]))
    assert told(SWITCHED, event) == [Told(2, "c", 8, "member_left", None)]


def test_an_answer_over_http_is_an_acknowledgement():
    whole = answer(MESSAGE)
    assert told(b"", whole) == [ACKNOWLEDGED]
    assert told(whole[:30], whole[30:]) == [ACKNOWLEDGED]
    assert told(b"", answer({"items": []}, "200 OK") + whole) == [ACKNOWLEDGED]


def test_an_error_over_http_promises_nothing():
    assert not told(answer(MESSAGE, "503 Service Unavailable"))


def test_a_socket_that_speaks_something_else_is_passed_over():
    assert not told(b"\0", ACK, SWITCHED + ACK)
