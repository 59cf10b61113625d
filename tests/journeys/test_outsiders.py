"""Every event of every service has a story in which those whom it is for hear it and others do not."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tertulia.accounts import sockets as accounts
from tertulia.conversations import sockets as conversations
from tertulia.kit.edge import Broadcast, Close, Reaction
from tertulia.personal import sockets as personal
from tertulia.presence import sockets as presence
from tests.support.cast import Cast, Person, Refused

Story = Callable[[Cast], Awaitable[None]]
STORIES: dict[str, Story] = {}
"""What happens in Ana's and Bruno's «taller», by the event that tells it."""

# Told to one person alone, or to who comes, watches or shares a space: their stories are below.
ELSEWHERE = {
    "conversations.member_joined",
    "conversations.added",
    "conversations.removed",
    "conversations.read",
    "conversations.settings_changed",
    "conversations.space_added",
    "conversations.space_removed",
    "conversations.space_changed",
    "accounts.user_changed",
    "presence.changed",
    "presence.typing",
    "personal.draft_changed",
    "personal.message_saved",
    "personal.message_unsaved",
}


def story(event: str) -> Callable[[Story], Story]:
    def keep(told: Story) -> Story:
        STORIES[event] = told
        return told

    return keep


def _name(reaction: Reaction) -> str | None:
    if isinstance(reaction, Close):
        return None
    if isinstance(reaction, Broadcast):
        return reaction.name or reaction.on.wire_name
    return reaction.name


def test_every_event_has_a_story():
    tables = (
        *accounts.REACTIONS,
        *conversations.REACTIONS,
        *presence.REACTIONS,
        *personal.REACTIONS,
    )
    names = {_name(reaction) for reaction in tables} - {None}
    assert names == set(STORIES) | ELSEWHERE


@story("conversations.message_posted")
async def _posted(cast: Cast) -> None:
    await cast.ana.says("hola", in_=cast.taller)


@story("conversations.message_edited")
async def _edited(cast: Cast) -> None:
    said = await cast.ana.says("ola", in_=cast.taller)
    await cast.ana.asks("conversations.edit_message", message_id=said["id"], text="hola")


@story("conversations.message_deleted")
async def _deleted(cast: Cast) -> None:
    said = await cast.ana.says("ay", in_=cast.taller)
    await cast.ana.asks("conversations.delete_message", message_id=said["id"])


@story("conversations.reaction_added")
async def _reacted(cast: Cast) -> None:
    said = await cast.ana.says("mira", in_=cast.taller)
    await cast.ana.asks("conversations.add_reaction", message_id=said["id"], emoji="👍")


@story("conversations.reaction_removed")
async def _unreacted(cast: Cast) -> None:
    said = await cast.ana.says("mira", in_=cast.taller)
    for command in ("add_reaction", "remove_reaction"):
        await cast.ana.asks(f"conversations.{command}", message_id=said["id"], emoji="👍")


@story("conversations.message_pinned")
async def _pinned(cast: Cast) -> None:
    said = await cast.ana.says("importante", in_=cast.taller)
    await cast.ana.asks("conversations.pin_message", message_id=said["id"])


@story("conversations.message_unpinned")
async def _unpinned(cast: Cast) -> None:
    said = await cast.ana.says("importante", in_=cast.taller)
    for command in ("pin_message", "unpin_message"):
        await cast.ana.asks(f"conversations.{command}", message_id=said["id"])


@story("conversations.conversation_changed")
async def _changed(cast: Cast) -> None:
    await cast.ana.asks(
        "conversations.update_conversation", conversation_id=cast.taller, topic="barro"
    )


async def _member(cast: Cast, command: str, **fields: Any) -> None:
    await cast.ana.asks(
        f"conversations.{command}",
        conversation_id=cast.taller,
        user_id=cast.town.ids["bruno"],
        **fields,
    )


@story("conversations.member_changed")
async def _promoted(cast: Cast) -> None:
    await _member(cast, "add_member", role="moderator")


@story("conversations.member_left")
async def _removed(cast: Cast) -> None:
    await _member(cast, "remove_member")


@pytest.mark.parametrize("event", STORIES)
async def test_members_hear_it_and_outsiders_do_not(cast: Cast, event: str):
    guest = await cast.guest()
    await STORIES[event](cast)
    await cast.bruno.hears_event(event, conversation_id=cast.taller)
    await cast.carla.hears_nothing()
    await cast.diego.hears_nothing()
    await _guest_hears_nothing(guest, cast)


async def _guest_hears_nothing(guest: Person, cast: Cast) -> None:
    """Proved by a line in the plaza: what was told before it would have come before it."""
    before = len(guest.heard)
    await guest.says("¿nada?", in_=cast.plaza)
    await guest.hears("¿nada?")
    assert {
        heard.body["conversation_id"]
        for heard in guest.heard[before:]
        if heard.name.startswith("conversations.")
    } == {cast.plaza}


async def test_who_was_taken_out_hears_that_and_nothing_after(cast: Cast):
    await _removed(cast)
    await cast.ana.says("a solas", in_=cast.taller)
    await cast.bruno.hears_event("conversations.member_left", conversation_id=cast.taller)
    removed = await cast.bruno.hears_event("conversations.removed")
    assert removed.body == {"conversation_id": cast.taller}
    await cast.bruno.hears_nothing()


async def test_who_is_added_alone_is_told_so_and_sees_it_whole(cast: Cast):
    await cast.ana.asks(
        "conversations.add_member",
        conversation_id=cast.taller,
        user_id=cast.town.ids["carla"],
    )
    added = await cast.carla.hears_event("conversations.added")
    assert added.body["conversation"]["id"] == cast.taller
    assert added.body["conversation"]["role"] == "member"
    await cast.bruno.hears_event("conversations.member_joined", conversation_id=cast.taller)
    await cast.diego.hears_nothing()
    assert all(heard.name != "conversations.added" for heard in cast.bruno.heard)


async def test_a_read_mark_and_settings_are_heard_by_their_person_on_every_connection(cast: Cast):
    phone = await cast.another("bruno")
    said = await cast.ana.says("@bruno", in_=cast.taller)
    await cast.bruno.asks("conversations.mark_read", conversation_id=cast.taller, seq=said["seq"])
    read = await phone.hears_event("conversations.read", conversation_id=cast.taller)
    assert (read.body["seq"], read.body["mention_count"]) == (said["seq"], 0)
    await cast.bruno.asks("conversations.update_settings", conversation_id=cast.taller, muted=True)
    await phone.hears_event("conversations.settings_changed", muted=True)
    await cast.ana.hears("@bruno", in_=cast.taller)
    await cast.ana.hears_nothing()
    await cast.carla.hears_nothing()


async def test_a_draft_is_heard_by_its_person_on_the_other_connections_alone(cast: Cast):
    phone = await cast.another("bruno")
    place = {"conversation_id": cast.taller}
    saved = await cast.bruno.asks("personal.save_draft", **place, text="en secreto")
    told = await phone.hears_event("personal.draft_changed")
    assert told.body == saved
    await phone.asks("personal.save_draft", **place, text="", version=saved["draft"]["version"])
    gone = await cast.bruno.hears_event("personal.draft_changed")
    assert gone.body["draft"]["text"] == ""
    for other in (cast.bruno, phone, cast.ana, cast.carla, cast.diego):
        await other.hears_nothing()


async def test_what_is_saved_is_heard_by_its_person_and_shown_to_who_may_read_it(cast: Cast):
    phone, guest = await cast.another("bruno"), await cast.guest()
    said = await cast.ana.says("para guardar", in_=cast.taller)
    await cast.bruno.asks("personal.save_message", message_id=said["id"])
    for one in (cast.bruno, phone):
        told = await one.hears_event("personal.message_saved", message_id=said["id"])
        assert told.body.keys() == {"message_id", "saved_at"}
    for other in (cast.carla, cast.diego, guest):
        with pytest.raises(Refused) as refused:
            await other.asks("personal.save_message", message_id=said["id"])
        assert refused.value.code == ("forbidden" if other is guest else "not_found")
    (item,) = (await phone.asks("personal.list_saved"))["items"]
    assert item["message"]["text"] == "para guardar"
    await cast.ana.asks(
        "conversations.remove_member",
        conversation_id=cast.taller,
        user_id=cast.town.ids["bruno"],
    )
    (item,) = (await phone.asks("personal.list_saved"))["items"]
    assert item == {"message_id": said["id"], "saved_at": told.body["saved_at"], "message": None}
    await phone.asks("personal.unsave_message", message_id=said["id"])
    await cast.bruno.hears_event("personal.message_unsaved", message_id=said["id"])
    assert (await cast.bruno.asks("personal.list_saved_ids"))["message_ids"] == []
    for other in (cast.ana, cast.carla, cast.diego):
        assert not [heard for heard in other.heard if heard.name.startswith("personal.")]
        assert (await other.asks("personal.list_saved"))["items"] == []


async def test_drafts_are_for_who_may_write_there_and_a_guest_has_none(cast: Cast):
    guest = await cast.guest()
    secret = await cast.bruno.asks(
        "personal.save_draft", conversation_id=cast.taller, text="en secreto"
    )
    assert secret["draft"]["text"] == "en secreto"
    for command, more in (("save_draft", {"text": "hola"}), ("get_draft", {})):
        for other, place, code in (
            (cast.carla, cast.taller, "not_found"),
            (cast.diego, cast.taller, "not_found"),
            (guest, cast.plaza, "forbidden"),
        ):
            with pytest.raises(Refused) as refused:
                await other.asks(f"personal.{command}", conversation_id=place, **more)
            assert refused.value.code == code
    for other in (cast.ana, cast.carla, cast.diego):
        listed = await other.asks("personal.list_drafts")
        assert listed["items"] == []
    with pytest.raises(Refused):
        await guest.asks("personal.list_drafts")
    await cast.ana.asks(
        "conversations.remove_member",
        conversation_id=cast.taller,
        user_id=cast.town.ids["bruno"],
    )
    assert (await cast.bruno.asks("personal.list_drafts"))["items"] == []
    with pytest.raises(Refused) as refused:
        await cast.bruno.asks("personal.get_draft", conversation_id=cast.taller)
    assert refused.value.code == "not_found"


async def test_people_of_a_space_hear_of_its_paint_and_of_each_other(cast: Cast):
    await cast.ana.asks("conversations.update_space", space_id=cast.town.casa, wall="anil")
    await cast.bruno.hears_event("conversations.space_changed", wall="anil")
    await cast.carla.asks("accounts.update_profile", display_name="Carla M.")
    changed = await cast.bruno.hears_event("accounts.user_changed")
    assert changed.body["user"]["display_name"] == "Carla M."
    assert "email" not in changed.body["user"]
    await cast.diego.hears_nothing()


async def test_coming_into_a_space_and_out_of_it_is_told_to_who_does(cast: Cast):
    casa, diego = cast.town.casa, cast.town.ids["diego"]
    await cast.ana.asks(
        "conversations.set_space_member", space_id=casa, user_id=diego, role="member"
    )
    added = await cast.diego.hears_event("conversations.space_added")
    assert (added.body["space"]["id"], added.body["space"]["role"]) == (casa, "member")
    await cast.ana.asks("conversations.remove_space_member", space_id=casa, user_id=diego)
    await cast.diego.hears_event("conversations.space_removed", space_id=casa)
    await cast.ana.asks("conversations.update_space", space_id=casa, name="Casa Grande")
    await cast.diego.hears_nothing()


async def test_typing_is_heard_in_the_room_and_by_nobody_else(cast: Cast):
    await cast.ana.asks("presence.set_typing", conversation_id=cast.taller)
    typing = await cast.bruno.hears_event("presence.typing", conversation_id=cast.taller)
    assert typing.body["user_id"] == cast.town.ids["ana"]
    await cast.carla.hears_nothing()
    await cast.ana.hears_nothing()


async def test_presence_is_heard_by_who_watches_and_may_see(cast: Cast):
    phone = await cast.another("carla")
    watched = {"user_ids": [cast.town.ids["carla"]]}
    assert (await cast.bruno.asks("presence.watch", **watched))["states"] == {
        cast.town.ids["carla"]: "online"
    }
    assert (await cast.diego.asks("presence.watch", **watched))["states"] == {
        cast.town.ids["carla"]: "offline"
    }
    await phone.goes()
    await cast.bruno.hears_nothing()
    await cast.carla.goes()
    gone = await cast.bruno.hears_event("presence.changed")
    assert gone.body == {"user_id": cast.town.ids["carla"], "state": "offline"}
    await cast.diego.hears_nothing()
    await cast.ana.hears_nothing()
