"""What the system reads to tell those who may hear it: every log, and where logs end."""

import pytest
from pydantic import ValidationError

from tertulia.conversations.contract.updates import MOST_HEADS, ListHeads, ListUpdates
from tertulia.conversations.sockets import COMMANDS
from tertulia.kernel.actor import NOBODY, SYSTEM
from tertulia.kernel.ids import new_id
from tests.conversations.town import Town


async def test_the_heads_of_logs_with_their_epochs(town: Town):
    one, other = (await town.channel("uno")).id, (await town.channel("otro")).id
    await town.say(town.ana, "hola", other)
    found = await town.ask(ListHeads(conversation_ids=[one, other, new_id()]), SYSTEM)
    seen = {each: await town.seen(town.ana, each) for each in (one, other)}
    assert {each: (it.epoch, it.seq) for each, it in found.heads.items()} == {
        each: (view.epoch, view.head) for each, view in seen.items()
    }


async def test_nobody_but_the_system_is_told_where_logs_end(town: Town):
    request = ListHeads(conversation_ids=[town.plaza])
    assert await town.refused(request, town.ana) == "forbidden"
    assert await town.refused(request, NOBODY) == "forbidden"
    assert ListHeads not in COMMANDS


async def test_so_many_heads_are_asked_at_once_and_no_more():
    ids = [new_id() for _ in range(MOST_HEADS)]
    ListHeads(conversation_ids=ids)
    with pytest.raises(ValidationError):
        ListHeads(conversation_ids=[*ids, new_id()])


async def test_the_system_reads_every_log(town: Town):
    secret = (await town.direct(town.ana, town.bruno)).id
    await town.say(town.ana, "entre nosotros", secret)
    request = ListUpdates(conversation_id=secret)
    assert await town.refused(request, town.diego) == "not_found"
    page, own = await town.ask(request, SYSTEM), await town.ask(request, town.ana)
    assert page == own
    assert await town.refused(ListUpdates(conversation_id=new_id()), SYSTEM) == "not_found"
    elsewhere = ListUpdates(conversation_id=secret, epoch="another")
    assert await town.refused(elsewhere, SYSTEM) == "conversations.resync"
