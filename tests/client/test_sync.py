"""The synchronous client: the same, for programs without an event loop."""

import signal
import threading
from itertools import islice

import pytest

from tertulia.client import SyncTertulia
from tertulia.client.commands.messages import PostMessage
from tertulia.client.errors import Closed, Unauthenticated, UnknownName, Unreachable
from tertulia.client.events import PresenceChanged
from tertulia.client.models import Position
from tertulia.client.outbox import MemoryOutbox
from tertulia.client.sync import Loop
from tertulia.client.updates import MessagePosted
from tests.client.fake_server import GENERAL, FakeServer, refusal


@pytest.fixture
def loop():
    """Where the server runs."""
    loop = Loop()
    yield loop
    loop.close()


@pytest.fixture
def server(loop):
    server = loop.call(FakeServer)
    loop.run(server.__aenter__())
    yield server
    loop.run(server.__aexit__())


@pytest.fixture
def ana(server):
    with SyncTertulia(server.url, token="t-ana") as ana:
        yield ana


@pytest.mark.parametrize("transports", [None, ["websocket"], ["polling"]])
def test_a_message_is_sent_and_heard(server, transports):
    with SyncTertulia(server.url, token="t-ana", transports=transports) as ana:
        heard = ana.listen("#general")
        assert ana.send("#general", "hola").seq == 1
        assert next(heard).text == "hola"
        assert ana.user
        assert ana.user.username == "ana"
        assert ana.server.name == "Taller"
        assert ana.token == "t-ana"


def test_everything_is_heard_in_order(loop, server, ana):
    heard, updates = ana.listen("#general", since=0), ana.updates()
    for n in range(20):
        loop.run(server.post(str(n)))
    assert [message.text for message in islice(heard, 20)] == [str(n) for n in range(20)]
    assert isinstance(next(updates), MessagePosted)
    assert ana.get_position("#general") == Position(epoch="e1", seq=20)
    heard.close()
    assert list(heard) == []


def test_events_are_heard(loop, server, ana):
    heard = ana.events()
    loop.run(server.tell("presence.changed", {"user_id": "u", "state": "online"}))
    assert next(heard) == PresenceChanged(user_id="u", state="online")


def test_commands_are_answered_in_place(ana):
    conversations = ana.conversations.list_conversations()
    assert [each.name for each in conversations] == ["general", "taller", "plaza"]
    assert ana.find_conversation("#general") == GENERAL
    with pytest.raises(UnknownName):
        ana.send("#nada", "hola")


def test_several_threads_use_one_client(server, ana):
    threads = [threading.Thread(target=ana.send, args=(GENERAL, str(n))) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = {update["message"]["text"] for update in server.logs[GENERAL].updates}
    assert texts == {str(n) for n in range(8)}


def test_waiting_can_be_interrupted(ana):
    heard = ana.listen("#general")
    here = threading.get_ident()
    timer = threading.Timer(0.1, signal.pthread_kill, [here, signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        next(heard)
    timer.join()
    assert ana.send("#general", "sigo aquí").seq == 1


def test_a_wrong_credential_is_refused(server):
    with pytest.raises(Unauthenticated), SyncTertulia(server.url, token="wrong"):
        pass


def test_no_server_is_said():
    with pytest.raises(Unreachable), SyncTertulia("http://127.0.0.1:1"):
        pass


def test_a_client_that_is_not_open_says_so(server):
    ana = SyncTertulia(server.url, token="t-ana")
    with pytest.raises(Closed):
        ana.send(GENERAL, "hola")
    with ana:
        ana.send(GENERAL, "hola")
    with pytest.raises(Closed):
        ana.listen(GENERAL)


def test_unsent_messages_are_seen_discarded_and_flushed(loop, server):
    outbox = MemoryOutbox()
    outbox.keep(kept := PostMessage(GENERAL, "mal"))
    server.refusals.append(refusal("invalid", 422)["error"])
    with SyncTertulia(server.url, token="t-ana", outbox=outbox) as ana:
        ana.flush()
        heard = ana.listen(GENERAL)
        ana.send(GENERAL, "bien")
        assert next(heard).text == "bien"
        assert heard.position == Position(epoch="e1", seq=1)
        (failed,) = ana.list_unsent()
        assert (failed.message, failed.fate) == (kept, "failed")
        ana.discard(kept.id)
        assert not ana.list_unsent()
