"""A NATS server that lies, by the stream of one connection."""

from collections import Counter

import pytest

from tertulia.chaos.split.lies import Delivery, Lies

EVENTS = [
    b"MSG tertulia.event.conversations.message_posted.c1 7 %d\r\n%b\r\n" % (len(body), body)
    for body in (b'{"n":%d,"text":"a\\r\\nMSG x 1 2\\r\\n"}' % number for number in range(300))
]
OTHERS = [
    b'INFO {"server_id":"A"}\r\n',
    b"PING\r\n",
    b"+OK\r\n",
    b"-ERR 'Slow Consumer'\r\n",
    b"MSG tertulia.ask.accounts.authenticate 3 _INBOX.a.b 2\r\n{}\r\n",
    b"HMSG _INBOX.a.b 9 12 14\r\nNATS/1.0\r\n\r\n{}\r\n",
]


@pytest.fixture
def lies() -> Lies:
    return Lies(1)


def tell(delivery: Delivery, stream: bytes, size: int) -> bytes:
    return b"".join(delivery(stream[at : at + size]) for at in range(0, len(stream), size))


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
def test_the_truth_passes_whatever_its_pieces(lies: Lies, size: int):
    stream = b"".join([*OTHERS, *EVENTS])
    assert tell(lies.editor(), stream, size) == stream
    assert not lies.counts


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
def test_requests_and_answers_pass_while_it_lies(lies: Lies, size: int):
    lies.holds = True
    stream = b"".join(OTHERS)
    assert tell(lies.editor(), stream, size) == stream


def test_events_are_lost_doubled_and_late_but_never_changed(lies: Lies):
    lies.holds = True
    told = b"".join(map(lies.editor(), EVENTS))
    seen = Counter(piece for event in EVENTS for piece in [event] * told.count(event))
    assert sum(map(len, seen.elements())) == len(told)
    assert 0 < len(seen) < len(EVENTS)
    assert set(seen.values()) == {1, 2}
    order = [told.index(event) for event in seen]
    assert order != sorted(order)
    assert {name for name, number in lies.counts.items() if number} == {
        "events: lost",
        "events: doubled",
        "events: late",
    }


def test_what_follows_an_event_is_not_swallowed(lies: Lies):
    lies.holds = True
    told = lies.editor()(b"".join(event + b"PING\r\n" for event in EVENTS))
    assert told.count(b"PING\r\n") == len(EVENTS)
