"""A conversation's state beside what the golden files show: gaps, pages read later, other people's news."""

from typing import Any

import pytest

from tertulia.client.events import SettingsChanged, Typing
from tertulia.client.models import Conversation, Head, Message, MessagePage, User
from tertulia.client.reducer import Forgotten, Resynced
from tertulia.client.state import ConversationState, Gap
from tertulia.client.updates import MessageDeleted, MessageEdited, MessagePosted
from tests.client.fake_server import ANA, BRUNO, GENERAL, MOMENT, TALLER

ME = ANA["id"]
PLACE = {"conversation_id": GENERAL, "at": MOMENT, "actor_id": BRUNO["id"]}


def said(seq: int, text: str = "hola", **more: Any) -> Message:
    author = User.model_validate(BRUNO)
    identity = {"id": f"m{seq}", "conversation_id": GENERAL, "seq": seq, "number": seq}
    return Message.model_validate(
        {"author": author, "created_at": MOMENT, "text": text, **identity, **more}
    )


def posted(seq: int, **more: Any) -> MessagePosted:
    message = said(seq, **more)
    return MessagePosted.model_validate(
        {**PLACE, "seq": seq, "type": "message_posted", "message": message}
    )


def edited(seq: int, message: Message) -> MessageEdited:
    return MessageEdited.model_validate(
        {**PLACE, "seq": seq, "type": "message_edited", "message": message}
    )


def page(*messages: Message, head: int, epoch: str = "e1") -> MessagePage:
    conversation = {"id": GENERAL, "kind": "channel", "created_at": MOMENT, "epoch": epoch}
    read = Conversation.model_validate({**conversation, "head": head, "messages": head})
    return MessagePage(items=messages, head=head, epoch=epoch, conversation=read)


def test_a_gap_is_an_error_and_changes_nothing():
    state = ConversationState(page(said(1), head=1), ME)
    with pytest.raises(Gap):
        state.apply(posted(3))
    assert (state.position.seq, list(state.messages)) == (1, ["m1"])


def test_only_the_newest_page_is_a_beginning():
    with pytest.raises(ValueError, match="newest page"):
        ConversationState(MessagePage(items=[], head=0, epoch="e1"), ME)


def test_an_older_page_is_brought_up_to_date_by_what_was_applied_since_it_was_read():
    old = said(1, "antes")
    state = ConversationState(page(said(2), head=2), ME)
    state.apply(edited(3, said(1, "corregido")))
    state.add([old], head=2)
    assert [message.text for message in state.timeline] == ["corregido", "hola"]


def test_a_page_never_revives_a_tombstone():
    state = ConversationState(page(said(1, "secreto"), head=1), ME)
    gone = {**PLACE, "seq": 2, "type": "message_deleted", "message_id": "m1"}
    state.apply(MessageDeleted.model_validate(gone))
    state.add([said(1, "secreto")])
    assert (state.messages["m1"].text, state.messages["m1"].deleted_at is not None) == ("", True)


def test_replies_are_in_their_thread_and_not_in_the_timeline():
    state = ConversationState(page(said(1), head=1), ME)
    state.apply(posted(2, thread_id="m1", number=None))
    state.apply(posted(3, thread_id="m1", also_in_channel=True))
    assert [message.seq for message in state.list_replies("m1")] == [2, 3]
    assert [message.seq for message in state.timeline] == [1, 3]


def test_what_is_of_other_conversations_is_not_taken():
    state = ConversationState(page(said(1), head=1), ME)
    state.apply(SettingsChanged(conversation_id=TALLER, muted=True))
    state.apply(Typing.model_validate({**PLACE, "user_id": "u", "until": MOMENT}))
    state.apply(Forgotten(TALLER))
    assert state.is_mine
    assert not state.conversation.muted


def test_another_history_replaces_everything_and_its_counts():
    state = ConversationState(page(said(1), said(2), head=2), ME)
    state.take_head(Head(epoch="e2", head=9, unread_count=9))
    assert state.conversation.unread_count == 0
    state.apply(Resynced(GENERAL, page(said(1, "otra"), head=1, epoch="e2")))
    assert [message.text for message in state.timeline] == ["otra"]
    assert state.position.epoch == "e2"


def test_what_is_forgotten_changes_no_more():
    state = ConversationState(page(said(1), head=1), ME)
    state.apply(Forgotten(GENERAL))
    state.apply(posted(2))
    assert (state.is_mine, state.position.seq) == (False, 1)
