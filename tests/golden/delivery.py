"""Scenes for how updates arrive: lost, doubled, out of order, early, late, and beside other counts."""

from tertulia.conversations.contract.conversations import MarkRead
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    PinMessage,
)
from tests.golden.recording import Input
from tests.golden.stage import Scenario, Scene, Stage, expect

PAGES = {"older_than_the_page": 1}
"""How long the page of the snapshot is, where it does not hold everything."""


async def talk(stage: Stage) -> list[Input]:
    """Six updates on four messages; what Bruno is told of them."""
    first = await stage.says(stage.ana, "uno, @bruno")
    await stage.says(stage.carla, "dos")
    await stage.asks(EditMessage(message_id=first.id, text="uno, corregido, @bruno"), stage.ana)
    await stage.asks(AddReaction(message_id=first.id, emoji="👍"), stage.carla)
    await stage.says(stage.ana, "sí", thread_id=stage.said.id)
    await stage.says(stage.ana, "tres")
    return updates_of(await stage.hears())


def updates_of(told: list[Input]) -> list[Input]:
    """Only what is in the log."""
    return [each for each in told if "update" in each]


async def doubled(stage: Stage) -> Scenario:
    """What was applied already is dropped, at once and later."""
    told = await talk(stage)
    twice = [each for update in told for each in (update, update)]
    return await stage.scenario(doubled.__doc__ or "", [*twice, *told[:3]])


async def shuffled(stage: Stage) -> Scenario:
    """What comes too early is held until what it follows has come."""
    one, two, three, four, five, six = await talk(stage)
    start = stage.bruno_hears.position
    third, fifth, sixth = (each["update"]["seq"] for each in (three, five, six))
    inputs = [
        *(three, six, three),
        expect(position=start, held=[third, sixth], wants="catch_up"),
        *(one, two, five),
        expect(held=[fifth, sixth], wants="catch_up"),
        four,
    ]
    return await stage.scenario(shuffled.__doc__ or "", inputs)


async def lost(stage: Stage) -> Scenario:
    """A gap is filled by one catch-up, whose answer may repeat what is held or was applied."""
    told = await talk(stage)
    start = stage.bruno_hears.position["seq"]
    inputs = [
        *told[:2],
        *told[4:5],
        expect(wants="catch_up"),
        *told[5:],
        await stage.bruno_hears.catch_up(start + 2),
    ]
    return await stage.scenario(lost.__doc__ or "", inputs)


async def away(stage: Stage) -> Scenario:
    """After an absence the heads say that something was missed; what they count is not counted twice."""
    await talk(stage)
    ready = await stage.bruno_hears.ready()
    start = stage.bruno_hears.position
    inputs = [
        {"lost": {}},
        ready,
        expect(position=start, wants="catch_up"),
        await stage.bruno_hears.catch_up(start["seq"]),
    ]
    return await stage.scenario(away.__doc__ or "", inputs)


async def away_in_vain(stage: Stage) -> Scenario:
    """After an absence in which nothing was done nothing is asked."""
    inputs = [{"lost": {}}, await stage.bruno_hears.ready(), expect(wants=None)]
    return await stage.scenario(away_in_vain.__doc__ or "", inputs)


async def in_pages(stage: Stage) -> Scenario:
    """An answer that says that there is more is followed by another call, from where one is then."""
    await talk(stage)
    start = stage.bruno_hears.position["seq"]
    inputs = [
        {"lost": {}},
        await stage.bruno_hears.ready(),
        await stage.bruno_hears.catch_up(start, limit=4),
        expect(position={**stage.bruno_hears.position, "seq": start + 4}, wants="catch_up"),
        await stage.bruno_hears.catch_up(start + 4, limit=4),
    ]
    return await stage.scenario(in_pages.__doc__ or "", inputs)


async def live_meanwhile(stage: Stage) -> Scenario:
    """What arrives live while one catches up waits for what was missed, and is applied once."""
    await talk(stage)
    start = stage.bruno_hears.position["seq"]
    ready = await stage.bruno_hears.ready()
    before = await stage.bruno_hears.catch_up(start)
    await stage.says(stage.carla, "en vivo, @bruno")
    live = await stage.hears()
    inputs = [{"lost": {}}, ready, *live, expect(wants="catch_up"), before]
    return await stage.scenario(live_meanwhile.__doc__ or "", inputs)


async def before_ready(stage: Stage) -> Scenario:
    """An update may come before `gateway.ready`, whose heads were read a moment before it."""
    ready = await stage.bruno_hears.ready()
    await stage.says(stage.ana, "entre medias, @bruno")
    inputs = [{"lost": {}}, *await stage.hears(), ready]
    return await stage.scenario(before_ready.__doc__ or "", inputs)


async def as_it_is_now(stage: Stage) -> Scenario:
    """The log shows messages as they are now: edits and deletions before what they change is seen."""
    kept = await stage.says(stage.ana, "primero, @bruno")
    gone = await stage.says(stage.ana, "segundo, @bruno")
    await stage.asks(EditMessage(message_id=kept.id, text="primero, corregido"), stage.ana)
    await stage.asks(EditMessage(message_id=gone.id, text="segundo, corregido"), stage.ana)
    await stage.asks(AddReaction(message_id=gone.id, emoji="👍"), stage.carla)
    await stage.asks(PinMessage(message_id=gone.id), stage.carla)
    await stage.asks(DeleteMessage(message_id=gone.id), stage.ana)
    await stage.hears()
    start = stage.bruno_hears.position["seq"]
    inputs = [
        {"lost": {}},
        await stage.bruno_hears.ready(),
        await stage.bruno_hears.catch_up(start),
    ]
    return await stage.scenario(as_it_is_now.__doc__ or "", inputs)


async def never_revived(stage: Stage) -> Scenario:
    """A tombstone stays one, though older updates that show its text come after it."""
    gone = await stage.says(stage.ana, "secreto")
    await stage.asks(EditMessage(message_id=gone.id, text="secreto, corregido"), stage.ana)
    await stage.asks(AddReaction(message_id=gone.id, emoji="👍"), stage.carla)
    await stage.asks(PinMessage(message_id=gone.id), stage.carla)
    await stage.asks(DeleteMessage(message_id=gone.id), stage.ana)
    live = updates_of(await stage.hears())
    start = stage.bruno_hears.position["seq"]
    seen = (await stage.bruno_hears.catch_up(start, limit=1))["caught_up"]
    before = live[-1]["update"]["seq"] - 1
    truth = await stage.bruno_hears.truth()
    truth["position"]["seq"] = truth["conversation"]["head"] = before
    inputs = [{"update": seen["updates"][0]}, *live[:-1]]
    return await stage.scenario(never_revived.__doc__ or "", inputs, truth)


async def older_than_the_page(stage: Stage) -> Scenario:
    """What changes in messages that the snapshot does not hold changes nothing here, and counts."""
    await stage.asks(EditMessage(message_id=stage.said.id, text="antes, @here"), stage.bruno)
    await stage.asks(AddReaction(message_id=stage.said.id, emoji="👍"), stage.ana)
    await stage.asks(PinMessage(message_id=stage.said.id), stage.ana)
    await stage.asks(DeleteMessage(message_id=stage.said.id), stage.bruno)
    await stage.says(stage.ana, "después")
    return await stage.scenario(older_than_the_page.__doc__ or "", await stage.hears())


async def counted_ahead(stage: Stage) -> Scenario:
    """Counts are as of the head beside them: updates up to it that come later are not counted again."""
    told = await talk(stage)
    await stage.asks(MarkRead(conversation_id=stage.where, seq=1, force=True), stage.bruno)
    marked = await stage.hears()
    return await stage.scenario(counted_ahead.__doc__ or "", [*told[:1], *marked, *told[1:]])


async def counted_behind(stage: Stage) -> Scenario:
    """Counts that are older than what was applied are counted on from their head."""
    await stage.says(stage.ana, "uno, @bruno")
    first = await stage.hears()
    await stage.asks(MarkRead(conversation_id=stage.where, seq=999), stage.bruno)
    marked = await stage.hears()
    await stage.says(stage.ana, "dos, @bruno")
    await stage.says(stage.carla, "tres")
    then = await stage.hears()
    return await stage.scenario(counted_behind.__doc__ or "", [*first, *then, *marked])


async def unknown_type(stage: Stage) -> Scenario:
    """An update of a type that is not known yet has its place in the log, and changes nothing."""
    await stage.says(stage.ana, "uno")
    await stage.says(stage.ana, "dos")
    first, second = await stage.hears()
    truth = await stage.bruno_hears.truth()
    strange = {name: first["update"][name] for name in ("conversation_id", "seq", "at", "actor_id")}
    inputs = [{"update": {**strange, "type": "poll_closed", "poll": {"id": 1}}}, second]
    truth["messages"] = [each for each in truth["messages"] if each["seq"] != strange["seq"]]
    truth["conversation"]["unread_count"] -= 1
    return await stage.scenario(unknown_type.__doc__ or "", inputs, truth)


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (
        doubled,
        shuffled,
        lost,
        away,
        away_in_vain,
        in_pages,
        live_meanwhile,
        before_ready,
        as_it_is_now,
        never_revived,
        older_than_the_page,
        counted_ahead,
        counted_behind,
        unknown_type,
    )
}
