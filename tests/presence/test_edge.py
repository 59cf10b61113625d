from tertulia.kernel.clock import SystemClock
from tertulia.kernel.ids import new_id
from tertulia.kit.edge import Broadcast
from tertulia.presence.contract import Changed, Typing
from tertulia.presence.routes import ROUTES
from tertulia.presence.sockets import COMMANDS, REACTIONS


def reaction(event):
    [found] = [it for it in REACTIONS if it.on is type(event)]
    assert isinstance(found, Broadcast)
    return found


def test_the_commands_are_those_of_the_protocol():
    assert [command.wire_name for command in COMMANDS] == ["presence.watch", "presence.set_typing"]
    assert not ROUTES


def test_a_change_goes_to_the_connections_that_watch_and_names_no_other():
    event = Changed(user_id=new_id(), state="online", connection_ids=["b1", "c1"])
    found = reaction(event)
    assert found.rooms(event) == ["b1", "c1"]
    assert found.payload is not None
    assert found.payload(event) == {"user_id": event.user_id, "state": "online"}
    assert (found.name or event.wire_name) == "presence.changed"


def test_typing_goes_to_the_others_in_the_room():
    event = Typing(conversation_id=new_id(), user_id=new_id(), until=SystemClock().now())
    found = reaction(event)
    assert found.rooms(event) == [f"conversation:{event.conversation_id}"]
    assert found.skip is not None
    assert found.skip(event) == [f"user:{event.user_id}"]
    assert found.payload is None
    assert set(event.model_dump(mode="json")) == {"conversation_id", "user_id", "until"}
    assert (found.name or event.wire_name) == "presence.typing"
