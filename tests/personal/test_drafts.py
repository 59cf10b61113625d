"""Drafts over devices: one for each place, none lost, none seen by others, gone with the place."""

import asyncio

import pytest
from pydantic import ValidationError

from tertulia.accounts.contract import UserChanged, UserView
from tertulia.accounts.tables import log as accounts_log
from tertulia.conversations.contract.conversations import (
    ArchiveConversation,
    Join,
    Leave,
    RemoveMember,
)
from tertulia.conversations.contract.spaces import RemoveSpaceMember
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.kernel.errors import AppError, Invalid, NotFound
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import DEFAULTS, Limits
from tertulia.kit.db import each
from tertulia.personal.contract import DraftChanged, DraftNewer, GetDraft, ListDrafts, SaveDraft
from tests.conversations.town import person
from tests.personal.conftest import Study, a_study


@pytest.fixture
async def taller(town: Study) -> str:
    """A private channel of Ana and Bruno."""
    made = await town.channel("taller-1", visibility="private", members=(town.bruno.id,))
    return made.id


# --- saved and read ----------------------------------------------------------------------------------


async def test_what_was_begun_is_there_on_every_device(town: Study, taller: str):
    saved = await town.writes(town.bruno, "querida Ana", taller)
    assert saved.saved_at == town.house.clock.now()
    assert await town.draft(town.bruno, taller) == saved
    assert (await town.drafts(town.bruno)).items == [saved]


async def test_a_place_has_one_and_each_thread_its_own(town: Study, taller: str):
    root = await town.say(town.ana, "¿qué os parece?", taller)
    await town.writes(town.bruno, "en la mesa", taller)
    await town.writes(town.bruno, "en el hilo", taller, thread=root.id)
    assert (await town.draft(town.bruno, taller)).text == "en la mesa"
    assert (await town.draft(town.bruno, taller, root.id)).text == "en el hilo"
    assert await town.texts(town.bruno) == ["en el hilo", "en la mesa"]


async def test_it_is_kept_byte_for_byte(town: Study, taller: str):
    text = "  dos\n\n\tlíneas \u0301e\u0301 👩‍🎨 "
    assert (await town.writes(town.bruno, text, taller)).text == text
    assert (await town.draft(town.bruno, taller)).text == text


async def test_where_nothing_was_begun_there_is_an_empty_text(town: Study, taller: str):
    draft = await town.draft(town.bruno, taller)
    assert (draft.text, draft.version, draft.saved_at) == ("", 0, None)


@pytest.mark.parametrize("nothing", ["", " \n\t"])
async def test_a_text_that_says_nothing_deletes_it(town: Study, taller: str, nothing: str):
    saved = await town.writes(town.bruno, "querida", taller)
    gone = await town.writes(town.bruno, nothing, taller, saved.version)
    assert (gone.text, gone.saved_at) == ("", None)
    assert gone.version > saved.version
    assert await town.texts(town.bruno) == []


async def test_the_plaza_has_drafts_too(town: Study):
    await town.writes(town.diego, "buenas", town.plaza)
    assert await town.texts(town.diego) == ["buenas"]


async def test_what_is_archived_keeps_them(town: Study, taller: str):
    await town.writes(town.ana, "al final", taller)
    await town.ask(ArchiveConversation(conversation_id=taller), town.ana)
    assert await town.texts(town.ana) == ["al final"]


# --- which text is the newer one ----------------------------------------------------------------------


async def test_a_device_that_has_not_seen_the_last_text_overwrites_nothing(
    town: Study, taller: str
):
    first = await town.writes(town.bruno, "uno", taller)
    await town.writes(town.bruno, "uno y dos", taller, first.version)
    for late in ("otra cosa", ""):
        with pytest.raises(DraftNewer):
            await town.writes(town.bruno, late, taller, first.version)
    assert await town.texts(town.bruno) == ["uno y dos"]


async def test_the_same_text_again_is_answered_and_told_once(town: Study, taller: str):
    """As by a device that did not hear the answer."""
    saved = await town.writes(town.bruno, "uno", taller)
    assert await town.writes(town.bruno, "uno", taller) == saved
    gone = await town.writes(town.bruno, "", taller, saved.version)
    assert await town.writes(town.bruno, "", taller, saved.version) == gone
    await town.house.settled()
    assert [it.draft.text for it in town.house.heard(DraftChanged)] == ["uno", ""]


async def test_after_a_deletion_the_next_text_is_newer_than_all_before(town: Study, taller: str):
    first = await town.writes(town.bruno, "uno", taller)
    await town.writes(town.bruno, "", taller, first.version)
    again = await town.writes(town.bruno, "dos", taller)
    assert again.version > first.version
    with pytest.raises(DraftNewer):
        await town.writes(town.bruno, "uno bis", taller, first.version)


async def test_versions_rise_when_the_clock_is_put_back(town: Study, taller: str):
    first = await town.writes(town.bruno, "uno", taller)
    town.house.clock.forward(hours=-1)
    assert (await town.writes(town.bruno, "dos", taller, first.version)).version > first.version


async def test_versions_follow_the_clock_so_that_a_restore_repeats_none(town: Study, taller: str):
    await town.writes(town.bruno, "uno", taller)
    at = town.house.clock.now()
    assert (await town.drafts(town.bruno)).version >= at.timestamp() * 1000


# --- limits ------------------------------------------------------------------------------------------


def test_a_text_is_longer_than_a_message_and_not_endless():
    assert DEFAULTS.draft_text > DEFAULTS.text
    with pytest.raises(ValidationError) as refused:
        SaveDraft(conversation_id=new_id(), text="x" * (DEFAULTS.draft_text + 1))
    (fault,) = refused.value.errors()
    assert (fault["type"], fault.get("ctx")) == ("too_long", {"limit": DEFAULTS.draft_text})


@pytest.mark.parametrize("text", ["nada \0", "\ud800"])
def test_what_is_no_text_is_refused(text: str):
    with pytest.raises(ValidationError):
        SaveDraft(conversation_id=new_id(), text=text)


async def test_a_person_has_so_many_and_may_still_change_them():
    async with a_study(Limits(drafts=2)) as town:
        places = [(await town.channel(f"c{n}")).id for n in range(3)]
        saved = [await town.writes(town.ana, "hola", place) for place in places[:2]]
        with pytest.raises(Invalid) as refused:
            await town.writes(town.ana, "una más", places[2])
        assert refused.value.params == {"limit": 2}
        await town.writes(town.ana, "hola, hola", places[0], saved[0].version)
        await town.writes(town.ana, "", places[1], saved[1].version)
        await town.writes(town.ana, "una más", places[2])
        assert sorted(await town.texts(town.ana)) == ["hola, hola", "una más"]


# --- pages -------------------------------------------------------------------------------------------


async def test_pages_go_from_the_last_saved_to_the_first(town: Study):
    places = [(await town.channel(f"c{n}")).id for n in range(5)]
    for n, place in enumerate(places):
        await town.writes(town.ana, f"texto {n}", place)
    texts, cursor = [], None
    for size in (2, 2, 1):
        page = await town.drafts(town.ana, cursor=cursor, limit=2)
        assert len(page.items) == size
        texts, cursor = [*texts, *(it.text for it in page.items)], page.next
    assert texts == [f"texto {n}" for n in (4, 3, 2, 1, 0)]
    assert cursor is None


async def test_a_page_of_long_texts_ends_early(town: Study):
    for n in range(6):
        await town.writes(town.ana, "x" * 32_000, (await town.channel(f"c{n}")).id)
    page = await town.drafts(town.ana)
    assert len(page.items) == 4
    rest = await town.drafts(town.ana, cursor=page.next)
    assert (len(rest.items), rest.next) == (2, None)


@pytest.mark.parametrize("cursor", ["x", "-1", "1e3", "٣", "9" * 17, ""])
async def test_what_is_no_cursor_is_refused(town: Study, cursor: str):
    with pytest.raises(Invalid):
        await town.drafts(town.ana, cursor=cursor)


# --- whose it is -------------------------------------------------------------------------------------


async def test_nobody_else_sees_it(town: Study, taller: str):
    await town.writes(town.bruno, "en secreto", taller)
    assert (await town.draft(town.ana, taller)).text == ""
    for other in (town.ana, town.carla, town.diego):
        assert await town.texts(other) == []


async def test_who_may_not_read_there_may_not_begin_there(town: Study, taller: str):
    for place in (taller, new_id()):
        for request in (
            SaveDraft(conversation_id=place, text="hola"),
            GetDraft(conversation_id=place),
        ):
            assert await town.refused(request, town.diego) == "not_found"


async def test_who_only_reads_has_to_join_first(town: Study):
    mesa = (await town.channel("mesa")).id
    request = SaveDraft(conversation_id=mesa, text="hola")
    assert await town.refused(request, town.carla) == "conversations.not_a_member"
    await town.ask(Join(conversation_id=mesa), town.carla)
    await town.writes(town.carla, "hola", mesa)


async def test_a_thread_is_one_of_the_conversation(town: Study, taller: str):
    root = await town.say(town.ana, "raíz", taller)
    reply = await town.say(town.ana, "en el hilo", taller, thread_id=root.id)
    elsewhere = await town.say(town.ana, "aparte", (await town.channel("otra")).id)
    for thread, code in (
        (elsewhere.id, "not_found"),
        (new_id(), "not_found"),
        (reply.id, "invalid"),
    ):
        request = SaveDraft(conversation_id=taller, thread_id=thread, text="hola")
        assert await town.refused(request, town.bruno) == code


# --- who hears of it ---------------------------------------------------------------------------------


async def test_what_changes_is_told_with_the_connection_that_knows(town: Study, taller: str):
    phone = town.bruno.model_copy(update={"connection_id": "phone"})
    saved = await town.writes(phone, "querida", taller)
    await town.house.settled()
    (told,) = town.house.heard(DraftChanged)
    assert told == DraftChanged(user_id=town.bruno.id, connection_id="phone", draft=saved)


# --- gone with the place -----------------------------------------------------------------------------


async def test_who_leaves_and_comes_back_finds_nothing(town: Study):
    mesa = (await town.channel("mesa")).id
    removal = RemoveMember(conversation_id=mesa, user_id=town.bruno.id)
    for leaving, by in ((Leave(conversation_id=mesa), town.bruno), (removal, town.ana)):
        await town.ask(Join(conversation_id=mesa), town.bruno)
        await town.writes(town.bruno, "aquí", mesa)
        await town.ask(leaving, by)
        assert await town.texts(town.bruno) == []
        await town.ask(Join(conversation_id=mesa), town.bruno)
        assert await town.texts(town.bruno) == []


async def test_what_is_left_goes_without_anybody_looking(town: Study):
    mesa = (await town.channel("mesa")).id
    await town.ask(Join(conversation_id=mesa), town.bruno)
    await town.writes(town.bruno, "aquí", mesa)
    await town.ask(Leave(conversation_id=mesa), town.bruno)
    async with asyncio.timeout(10):
        while (await town.draft(town.bruno, mesa)).text:
            await asyncio.sleep(0.01)


async def test_that_somebody_left_is_heard_late_and_harms_nobody_who_is_back(town: Study):
    mesa = (await town.channel("mesa")).id
    await town.ask(Join(conversation_id=mesa), town.bruno)
    await town.ask(Leave(conversation_id=mesa), town.bruno)
    await town.house.settled()
    (left,) = town.house.heard(MemberLeft)
    await town.ask(Join(conversation_id=mesa), town.bruno)
    await town.writes(town.bruno, "aquí", mesa)
    await town.house.bus.publish(left)
    await town.house.house.stop()  # after which nothing is on its way
    assert await town.texts(town.bruno) == ["aquí"]


async def test_out_of_the_space_is_out_of_its_conversations(town: Study, taller: str):
    await town.writes(town.bruno, "aquí", taller)
    await town.writes(town.bruno, "y aquí", town.plaza)
    await town.ask(RemoveSpaceMember(space_id=town.taller, user_id=town.bruno.id), town.ana)
    assert await town.texts(town.bruno) == ["y aquí"]
    with pytest.raises(NotFound):
        await town.draft(town.bruno, taller)


async def test_of_the_deactivated_nothing_is_kept(town: Study, taller: str):
    await town.writes(town.bruno, "aquí", town.plaza)
    await town.writes(town.ana, "también", town.plaza)
    view = UserView(
        id=town.bruno.id, username="bruno", display_name="Bruno", avatar_url=None, kind="person"
    )

    async def tell(*, active: bool, version: int) -> None:
        event = UserChanged(user=view, version=version, active=active, created=False)
        act = each(lambda connection, event, _: accounts_log.append(connection, [event]))
        await town.house.database.write(act, event, town.ana)
        await town.house.settled()

    await tell(active=True, version=2)
    assert await town.texts(town.bruno) == ["aquí"]
    await tell(active=False, version=3)
    with pytest.raises(AppError):
        await town.writes(town.bruno, "más", town.plaza)
    await tell(active=True, version=4)
    assert (await town.draft(town.bruno, town.plaza)).text == ""
    assert await town.texts(town.ana) == ["también"]


async def test_strangers_have_none(town: Study):
    assert (await town.ask(ListDrafts(), person("nadie"))).items == []
