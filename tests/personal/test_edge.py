"""What personal shows at the edge: its calls, its commands, and who hears its events."""

from datetime import UTC, datetime

import pytest

from tertulia.kernel.ids import new_id
from tertulia.kernel.messages import Event
from tertulia.kit.edge import Broadcast, user_room
from tertulia.personal.contract import DraftChanged, DraftView, MessageSaved, MessageUnsaved
from tertulia.personal.routes import ROUTES
from tertulia.personal.sockets import COMMANDS, REACTIONS
from tertulia.runtime.services import edges

USER = new_id()
DRAFT = DraftView(
    conversation_id=new_id(), thread_id=None, text="querida", version=3, saved_at=None
)


SAVED = [
    MessageSaved(user_id=USER, message_id=new_id(), saved_at=datetime(2026, 10, 8, tzinfo=UTC)),
    MessageUnsaved(user_id=USER, message_id=new_id()),
]


def broadcast_of(event: type[Event]) -> Broadcast:
    (reaction,) = [each for each in REACTIONS if each.on is event]
    assert isinstance(reaction, Broadcast)
    return reaction


def test_every_call_has_its_command_and_needs_sign_in():
    assert {route.request for route in ROUTES} == set(COMMANDS)
    assert not any(route.public for route in ROUTES)
    assert "personal" in {edge.service for edge in edges()}


@pytest.mark.parametrize(("connection", "skipped"), [("c1", ["c1"]), (None, [])])
def test_a_draft_is_told_to_the_persons_other_connections_alone(connection, skipped):
    told = DraftChanged(user_id=USER, connection_id=connection, draft=DRAFT)
    reaction = broadcast_of(DraftChanged)
    assert reaction.skip is not None
    assert reaction.payload is not None
    assert reaction.rooms(told) == [user_room(USER)]
    assert reaction.skip(told) == skipped
    assert reaction.payload(told) == {"draft": DRAFT.model_dump(mode="json")}


@pytest.mark.parametrize("told", SAVED, ids=lambda event: event.wire_name)
def test_what_is_saved_is_told_to_the_persons_connections_alone(told):
    reaction = broadcast_of(type(told))
    assert reaction.payload is not None
    assert reaction.rooms(told) == [user_room(USER)]
    assert reaction.skip is None
    assert reaction.payload(told) == told.model_dump(mode="json", exclude={"user_id"})
