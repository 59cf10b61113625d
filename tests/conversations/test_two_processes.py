"""Two processes on one PostgreSQL: conversations have one order, whoever writes."""

import asyncio

import psycopg
import pytest

from tertulia.conversations.contract.conversations import RemoveMember
from tertulia.conversations.contract.messages import PostMessage
from tertulia.conversations.contract.spaces import SetSpaceMember
from tertulia.conversations.tables import log
from tertulia.conversations.wiring import wire
from tertulia.kernel.errors import AppError, Unavailable
from tertulia.kernel.ids import new_id
from tests.conversations.town import Town
from tests.support import databases
from tests.support.kit import TestHouse, running

pytestmark = pytest.mark.split
SECONDS = 20
"""Within which a database that was cut off answers again."""


@pytest.fixture(autouse=True)
def _postgresql(monkeypatch):
    """These are on PostgreSQL whatever was chosen for the others."""
    monkeypatch.setattr(databases, "_chosen", databases.POSTGRESQL)


class Shared(Town):
    """A town whose house stands twice."""

    other: TestHouse
    """The same house in another process."""


@pytest.fixture
async def town(tmp_path):
    path = tmp_path / "shared"
    async with running([wire], path=path) as house:
        town = Shared(house)
        await town.open()
        async with running([wire], path=path) as town.other:
            yield town


async def post(house, actor, where, text, **more):
    return await house.ask(PostMessage(conversation_id=where, text=text, **more), actor)


async def insist(house, actor, where, text, **more):
    """Post as a client does: while the database is away, again."""
    async with asyncio.timeout(SECONDS):
        while True:
            try:
                return await post(house, actor, where, text, **more)
            except Unavailable:
                await asyncio.sleep(0.05)


async def test_one_conversation_has_one_order_without_gaps(town):
    talk = await town.channel("taller-1")
    people = [(town.ana, town.house), (town.ana, town.other)]
    texts = [[f"{n} from {turn}" for n in range(60)] for turn in range(2)]
    posted = await asyncio.gather(
        *(
            post(house, actor, talk.id, text)
            for (actor, house), of_one in zip(people, texts, strict=True)
            for text in of_one
        )
    )
    log_ = await town.log(town.ana, talk.id)
    said = [it for it in log_ if it["type"] == "message_posted" and it["message"]["kind"] == "text"]
    assert [it["seq"] for it in log_] == list(range(1, len(log_) + 1))
    assert len(said) == len(posted) == 120
    for of_one in texts:
        assert [it["message"]["text"] for it in said if it["message"]["text"] in of_one] == of_one


async def test_the_same_id_from_both_is_one_message(town):
    ids = [new_id() for _ in range(20)]
    both = await asyncio.gather(
        *(
            post(house, town.ana, town.plaza, "hola", id=each)
            for each in ids
            for house in (town.house, town.other)
        )
    )
    assert sum(answer.created for answer in both) == len(ids)
    assert {(answer.message.id, answer.message.seq) for answer in both} == {
        (answer.message.id, answer.message.seq) for answer in both if answer.created
    }


async def test_of_two_owners_who_step_down_at_once_one_stays(town):
    await town.let_in(town.bruno, "owner")
    step_down = [
        house.ask(SetSpaceMember(space_id=town.taller, user_id=who.id, role="member"), who)
        for house, who in ((town.house, town.ana), (town.other, town.bruno))
    ]
    outcomes = await asyncio.gather(*step_down, return_exceptions=True)
    refusals = [it for it in outcomes if isinstance(it, AppError)]
    assert len(refusals) == 1, outcomes
    assert refusals[0].status in (403, 409)


async def test_who_is_removed_says_nothing_afterwards_anywhere(town):
    talk = await town.channel("taller-2", members=(town.bruno.id,))
    said = [asyncio.ensure_future(post(town.other, town.bruno, talk.id, f"{n}")) for n in range(40)]
    await said[5]
    removal = RemoveMember(conversation_id=talk.id, user_id=town.bruno.id)
    await town.house.ask(removal, town.ana)
    await asyncio.gather(*said, return_exceptions=True)
    log_ = await town.log(town.ana, talk.id)
    left = next(it["seq"] for it in log_ if it["type"] == "member_left")
    by_bruno = [
        it["seq"]
        for it in log_
        if it["actor_id"] == town.bruno.id and it["type"] == "message_posted"
    ]
    assert max(by_bruno) < left
    refused = await asyncio.gather(
        post(town.other, town.bruno, talk.id, "late"), return_exceptions=True
    )
    assert isinstance(refused[0], AppError)


async def test_positions_of_events_are_dense_and_in_the_order_of_the_commits(town):
    heads = []

    async def look():
        heads.extend([await town.house.database.read(log.head) for _ in range(20)])

    before = await town.house.database.read(log.head)
    said = [
        post(house, town.ana, town.plaza, f"{n}")
        for n in range(30)
        for house in (town.house, town.other)
    ]
    await asyncio.gather(look(), *said)
    assert heads == sorted(heads)
    after = await town.house.database.read(log.head)
    assert after - before == len(said)


async def test_a_retry_finds_what_was_committed_when_nobody_could_say(town):
    """The answer is lost with the session; the message is there once."""
    ids = [new_id() for _ in range(60)]
    asked = [asyncio.ensure_future(post(town.other, town.ana, town.plaza, "x", id=i)) for i in ids]
    for n in (5, 20, 40):
        await asyncio.wait([asked[n]])
        with psycopg.connect(databases.server().url) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'tertulia conversations'"
            )
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert all(not isinstance(it, Exception) or isinstance(it, Unavailable) for it in outcomes)
    again = [await insist(town.house, town.ana, town.plaza, "x", id=each) for each in ids]
    for outcome, answer in zip(outcomes, again, strict=True):
        if not isinstance(outcome, BaseException):
            assert (answer.message.seq, answer.created) == (outcome.message.seq, False)
    assert len({answer.message.seq for answer in again}) == len(ids)
