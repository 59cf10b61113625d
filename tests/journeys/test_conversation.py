"""Two people, a place, and the others who hear nothing of it."""

import pytest

from tests.support.cast import Cast, Refused


async def test_what_is_said_in_a_private_channel_reaches_its_members_alone(cast: Cast):
    said = await cast.ana.says("hola", in_=cast.taller)
    heard = await cast.bruno.hears("hola", in_=cast.taller)
    assert heard == said
    await cast.ana.hears("hola", in_=cast.taller)
    await cast.carla.hears_nothing()
    await cast.diego.hears_nothing()


async def test_the_server_has_one_name(cast: Cast):
    about = cast.town.server.call("GET", "/server")
    card = {field: about[field] for field in ("name", "version", "protocol", "features")}
    assert cast.ana.ready["server"] == card
    assert card["name"] == "Casa"


async def test_everyone_hears_the_plaza_and_a_guest_hears_plain_lines(cast: Cast):
    guest = await cast.guest("Elena")
    await cast.ana.says("buenas", in_=cast.plaza)
    for person in (cast.ana, cast.bruno, cast.carla, cast.diego):
        await person.hears("buenas", in_=cast.plaza)
    assert await guest.hears("buenas")
    await guest.hears_event("message")


async def test_a_guest_who_comes_back_is_the_one_who_spoke(cast: Cast):
    guest = await cast.guest("Elena")
    await guest.says("buenas", in_=cast.plaza)
    back = await cast.guest("Otra", guest.ready["token"])
    assert back.ready["user"] == guest.ready["user"]
    said = await back.says("otra vez", in_=cast.plaza)
    assert said["author"] == guest.ready["user"]


async def test_a_stranger_learns_nothing_of_a_private_channel(cast: Cast):
    for person in (cast.carla, cast.diego):
        with pytest.raises(Refused) as refused:
            await person.says("¿se puede?", in_=cast.taller)
        assert (refused.value.code, refused.value.status) == ("not_found", 404)
    await cast.ana.hears_nothing()
    await cast.bruno.hears_nothing()


async def test_what_one_begins_to_write_goes_from_one_connection_to_the_other(cast: Cast):
    phone = await cast.another("bruno")
    begun = await cast.bruno.asks("personal.save_draft", conversation_id=cast.taller, text="casi")
    told = await phone.hears_event("personal.draft_changed")
    assert told.body == begun
    version = begun["draft"]["version"]
    await phone.asks(
        "personal.save_draft", conversation_id=cast.taller, text="casi todo", version=version
    )
    told = await cast.bruno.hears_event("personal.draft_changed")
    assert told.body["draft"]["text"] == "casi todo"
    with pytest.raises(Refused) as refused:
        await cast.bruno.asks("personal.save_draft", conversation_id=cast.taller, text="otra cosa")
    assert refused.value.code == "personal.draft_newer"


async def test_the_server_survives_a_kill_and_everything_is_there(cast: Cast):
    server = cast.town.server
    said = await cast.ana.says("antes", in_=cast.taller)
    begun = await cast.bruno.asks("personal.save_draft", conversation_id=cast.taller, text="casi")
    await cast.bruno.asks("personal.save_message", message_id=said["id"])
    server.kill()
    server.start()
    bruno = await cast.another("bruno")
    page = await bruno.asks("conversations.list_messages", conversation_id=cast.taller)
    assert [message["id"] for message in page["items"]] == [said["id"]]
    drafts = (await bruno.asks("personal.list_drafts"))["items"]
    assert [it for it in drafts if it["conversation_id"] == cast.taller] == [begun["draft"]]
    (saved,) = (await bruno.asks("personal.list_saved"))["items"]
    assert saved["message"]["id"] == said["id"]
    after = await bruno.says("después", in_=cast.taller)
    assert after["seq"] == said["seq"] + 1
