"""What an update makes of one message: what a fresh reading of it would show."""

import pytest

from tertulia.client.changes import change_message
from tertulia.client.models import Message
from tertulia.client.updates import read_update
from tests.golden.files import load

FIRST = [f"reactor {number}" for number in range(100)]


def liked() -> Message:
    """A message to which a hundred people reacted."""
    told = load()["reacted"]["snapshot"]["items"][0]
    return Message.model_validate(
        {**told, "reactions": [{"emoji": "👍", "count": 100, "user_ids": FIRST}]}
    )


@pytest.mark.parametrize(("user_id", "listed"), [("ana", FIRST), ("bruno", [*FIRST, "bruno"])])
def test_a_reaction_lists_the_first_hundred_and_the_viewer(user_id, listed):
    message = liked()
    told = {"conversation_id": message.conversation_id, "seq": 6, "type": "reaction_added"}
    told |= {"message_id": message.id, "emoji": "👍", "user_id": user_id, "count": 101}
    (shown,) = change_message(message, read_update(told), "bruno").reactions
    assert (shown.count, shown.user_ids) == (101, listed)
