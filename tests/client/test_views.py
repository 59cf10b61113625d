"""The views of the SDK name every field of the server's, so that what is compared is compared whole."""

import pytest
from pydantic import BaseModel

from tertulia.accounts import contract as accounts
from tertulia.client import models
from tertulia.conversations.contract import conversations, messages

PAIRS: list[tuple[type[BaseModel], type[BaseModel]]] = [
    (accounts.UserView, models.User),
    (conversations.ConversationView, models.Conversation),
    (conversations.ConversationShared, models.ConversationIdentity),
    (conversations.Head, models.Head),
    (messages.MessageView, models.Message),
]


@pytest.mark.parametrize(("served", "known"), PAIRS, ids=lambda view: view.__name__)
def test_every_field_is_known(served: type[BaseModel], known: type[BaseModel]):
    assert served.model_fields.keys() <= known.model_fields.keys()
