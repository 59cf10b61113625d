"""Commands on the wire: what is sent, what is read, and that every one is a method."""

import inspect
import re
from datetime import UTC, datetime

import pytest

from tertulia.client import SyncTertulia, Tertulia
from tertulia.client.commands import (
    accounts,
    conversations,
    messages,
    personal,
    presence,
    spaces,
    updates,
)
from tertulia.client.commands.base import Command
from tertulia.client.errors import ServerError
from tertulia.client.ids import is_id
from tertulia.client.models import Position

MODULES = [accounts, conversations, messages, personal, presence, spaces, updates]
COMMANDS = [
    each
    for module in MODULES
    for each in vars(module).values()
    if inspect.isclass(each) and issubclass(each, Command) and each is not Command
]
MESSAGE = {
    "id": "m",
    "conversation_id": "c",
    "seq": 3,
    "number": 2,
    "author": {"id": "a", "username": "ana", "display_name": "Ana", "avatar_url": None},
    "kind": "text",
    "text": "hola",
    "created_at": "2026-10-08T09:12:00.123Z",
    "a_field_of_tomorrow": {"x": 1},
}


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("client", [Tertulia("http://x"), SyncTertulia("http://x")])
@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.command)
def test_every_command_is_a_method_of_its_service(command, client):
    service, _, name = command.command.partition(".")
    assert name == snake(command.__name__)
    method = getattr(getattr(client, service), name)
    assert method.__name__ == name
    assert method.__doc__ == command.__doc__
    assert inspect.signature(method) == inspect.signature(command)


def test_fields_that_were_left_out_are_not_sent():
    sent = messages.PostMessage("c", "hola", reply_to="m").to_wire()
    assert is_id(sent.pop("id"))
    assert sent == {"conversation_id": "c", "text": "hola", "reply_to": "m"}


def test_every_creation_has_an_id_of_its_own():
    one, other = messages.PostMessage("c", "hola"), messages.PostMessage("c", "hola")
    assert one.id != other.id
    assert one.id[14] == "7"
    assert spaces.CreateInvite("s").id
    assert conversations.CreateConversation("group").id
    assert spaces.CreateSpace("Taller", "team").id


def test_values_are_sent_as_json():
    sent = spaces.CreateInvite("s", expires_at=datetime(2026, 1, 2, tzinfo=UTC)).to_wire()
    assert sent["expires_at"] == "2026-01-02T00:00:00Z"
    asked = updates.CatchUp({"c": Position(epoch="e", seq=4)}).to_wire()
    assert asked == {"positions": {"c": {"epoch": "e", "seq": 4}}}


def test_an_answer_is_the_thing_itself():
    message = messages.PostMessage("c", "hola").read_answer({"message": MESSAGE, "created": True})
    assert (message.seq, message.author.display_name) == (3, "Ana")
    assert message.created_at.microsecond == 123_000
    assert str(message) == "Ana: hola"
    assert messages.AddReaction("m", "🌿").read_answer({}) is None


def test_an_answer_that_is_no_answer_is_the_servers_fault():
    for told in ({}, {"message": {}}, {"message": None}):
        with pytest.raises(ServerError) as caught:
            messages.GetMessage("m").read_answer(told)
        assert not caught.value.retryable
