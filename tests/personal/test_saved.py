"""Saved messages: found again by who saved them, as they are now, for as long as they may read them."""

import pytest

from tertulia.conversations.contract.conversations import Join, Leave, RemoveMember
from tertulia.conversations.contract.messages import DeleteMessage, EditMessage
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import Limits
from tertulia.personal.contract import (
    ListSaved,
    ListSavedIds,
    MessageSaved,
    MessageUnsaved,
    SavedPage,
    SaveMessage,
    UnsaveMessage,
)
from tests.personal.conftest import Study, a_study


@pytest.fixture
async def taller(town: Study) -> str:
    """A private channel of Ana and Bruno."""
    made = await town.channel("taller-1", visibility="private", members=(town.bruno.id,))
    return made.id


async def save(town: Study, actor, *message_ids: str) -> None:
    for message_id in message_ids:
        await town.ask(SaveMessage(message_id=message_id), actor)


async def page(town: Study, actor, **fields: object) -> SavedPage:
    return await town.ask(ListSaved.model_validate(fields), actor)


async def texts(town: Study, actor) -> list[str | None]:
    """What somebody finds again; None where nothing of it is shown."""
    return [it.message and it.message.text for it in (await page(town, actor)).items]


async def test_what_was_saved_is_listed_the_last_first(town: Study, taller: str):
    said = [(await town.say(town.ana, f"texto {n}", taller)).id for n in range(3)]
    await save(town, town.bruno, *said)
    assert await texts(town, town.bruno) == ["texto 2", "texto 1", "texto 0"]
    ids = await town.ask(ListSavedIds(), town.bruno)
    assert ids.message_ids == said[::-1]
    items = (await page(town, town.bruno)).items
    assert {it.saved_at for it in items} == {town.house.clock.now()}


async def test_it_is_shown_as_it_is_now(town: Study, taller: str):
    edited, deleted = [await town.say(town.ana, text, taller) for text in ("ola", "ay")]
    await save(town, town.bruno, edited.id, deleted.id)
    await town.ask(EditMessage(message_id=edited.id, text="hola"), town.ana)
    await town.ask(DeleteMessage(message_id=deleted.id), town.ana)
    items = (await page(town, town.bruno)).items
    assert [it.message and it.message.text for it in items] == ["", "hola"]
    assert items[0].message is not None
    assert items[0].message.deleted_at is not None


async def test_saved_once_more_it_stays_where_it_is_and_is_told_once(town: Study, taller: str):
    said = [(await town.say(town.ana, f"{n}", taller)).id for n in range(2)]
    await save(town, town.bruno, *said, said[0])
    assert await texts(town, town.bruno) == ["1", "0"]
    for _ in range(2):
        await town.ask(UnsaveMessage(message_id=said[0]), town.bruno)
    assert await texts(town, town.bruno) == ["1"]
    await town.house.settled()
    assert [it.message_id for it in town.house.heard(MessageSaved)] == said
    assert town.house.heard(MessageUnsaved) == [
        MessageUnsaved(user_id=town.bruno.id, message_id=said[0])
    ]


async def test_nobody_else_sees_it(town: Study, taller: str):
    said = await town.say(town.ana, "para guardar", taller)
    await save(town, town.bruno, said.id)
    await town.ask(UnsaveMessage(message_id=said.id), town.ana)
    assert await texts(town, town.ana) == []
    assert await texts(town, town.bruno) == ["para guardar"]


async def test_who_may_not_read_it_may_not_save_it(town: Study, taller: str):
    said = await town.say(town.ana, "en secreto", taller)
    for message_id in (said.id, new_id()):
        for stranger in (town.carla, town.diego):
            request = SaveMessage(message_id=message_id)
            assert await town.refused(request, stranger) == "not_found"
    assert await texts(town, town.carla) == []


async def test_what_is_deleted_is_not_saved_and_stays_saved(town: Study, taller: str):
    said = await town.say(town.ana, "ay", taller)
    await save(town, town.bruno, said.id)
    await town.ask(DeleteMessage(message_id=said.id), town.ana)
    await save(town, town.bruno, said.id)
    request = SaveMessage(message_id=said.id)
    assert await town.refused(request, town.ana) == "conversations.message_deleted"


async def test_of_a_conversation_that_was_lost_nothing_is_shown(town: Study, taller: str):
    said = await town.say(town.ana, "en secreto", taller)
    await save(town, town.bruno, said.id)
    removal = RemoveMember(conversation_id=taller, user_id=town.bruno.id)
    await town.ask(removal, town.ana)
    (item,) = (await page(town, town.bruno)).items
    assert (item.message_id, item.message) == (said.id, None)
    await town.ask(UnsaveMessage(message_id=said.id), town.bruno)
    assert await texts(town, town.bruno) == []


async def test_who_may_still_read_it_still_finds_it(town: Study):
    mesa = (await town.channel("mesa")).id
    said = await town.say(town.ana, "a la vista", mesa)
    await town.ask(Join(conversation_id=mesa), town.bruno)
    await save(town, town.bruno, said.id)
    await town.ask(Leave(conversation_id=mesa), town.bruno)
    assert await texts(town, town.bruno) == ["a la vista"]


async def test_pages_end_where_texts_are_long(town: Study, taller: str):
    said = [(await town.say(town.ana, str(n) * 16_000, taller)).id for n in range(10)]
    await save(town, town.bruno, *said)
    first = await page(town, town.bruno)
    assert len(first.items) == 8
    rest = await page(town, town.bruno, cursor=first.next)
    assert rest.next is None
    assert [it.message_id for it in [*first.items, *rest.items]] == said[::-1]
    small = await page(town, town.bruno, limit=3)
    assert [it.message_id for it in small.items] == said[:-4:-1]


async def test_a_person_saves_so_many():
    async with a_study(Limits(saved=2)) as town:
        said = [(await town.say(town.ana, f"{n}", town.plaza)).id for n in range(3)]
        await save(town, town.bruno, *said[:2])
        assert await town.refused(SaveMessage(message_id=said[2]), town.bruno) == "invalid"
        await town.ask(UnsaveMessage(message_id=said[0]), town.bruno)
        await save(town, town.bruno, said[2])
        assert await texts(town, town.bruno) == ["2", "1"]
