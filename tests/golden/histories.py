"""Scenes in which a conversation has another history, or is no longer the person's."""

import json
from typing import Any

from tertulia.conversations.contract.conversations import RemoveMember, UpdateConversation
from tests.golden.delivery import talk
from tests.golden.recording import Input
from tests.golden.stage import Scenario, Scene, Stage, expect

FORGOTTEN = {"followed": False}


def restored(value: Any) -> Any:
    """The same, as it is told by a server that was restored from a backup."""
    return json.loads(json.dumps(value).replace('"e1"', '"e2"'))


async def another_history(stage: Stage) -> Scenario:
    """Heads of another epoch call for a new snapshot; nothing of the old history stays."""
    recording = stage.bruno_hears
    recording.threads.clear()
    told = (await talk(stage))[:1]
    ready, page = await recording.ready(), {"snapshot": await recording.page()}
    await stage.says(stage.ana, "después de la restauración, @bruno")
    live = await stage.hears()
    inputs: list[Input] = [*told, {"lost": {}}, ready, expect(wants="snapshot"), *live, page]
    scenario = await stage.scenario(another_history.__doc__ or "", inputs)
    scenario["inputs"][2:] = restored(scenario["inputs"][2:])
    scenario["expected"] = restored(scenario["expected"])
    return scenario


async def told_to_resync(stage: Stage) -> Scenario:
    """A conversation that a catch-up names in `resync` is read anew; updates wait for that."""
    recording = stage.bruno_hears
    recording.threads.clear()
    await talk(stage)
    ready = await recording.ready()
    answer = await recording.catch_up(recording.position["seq"], epoch="another")
    page = {"snapshot": await recording.page()}
    await stage.says(stage.ana, "en vivo, @bruno")
    live = await stage.hears()
    inputs = [{"lost": {}}, ready, answer, expect(wants="snapshot"), *live, page]
    return await stage.scenario(told_to_resync.__doc__ or "", inputs)


async def ahead_of_the_head(stage: Stage) -> Scenario:
    """Who heard what the server lacks now is told to resync, and shows it no more."""
    recording = stage.bruno_hears
    recording.threads.clear()
    kept = await recording.truth()
    ready = await recording.ready()
    answer = await recording.catch_up(recording.position["seq"] + 1)
    page = {"snapshot": await recording.page()}
    await stage.says(stage.ana, "esto se perdió")
    phantom = await stage.hears()
    inputs = [*phantom, {"lost": {}}, ready, answer, expect(wants="snapshot"), page]
    return await stage.scenario(ahead_of_the_head.__doc__ or "", inputs, kept)


async def removed(stage: Stage) -> Scenario:
    """Who is removed forgets the conversation, and whatever else may come of it."""
    told = await talk(stage)
    request = RemoveMember(conversation_id=stage.where, user_id=stage.bruno.id)
    await stage.asks(request, stage.ana)
    inputs = [*told, *await stage.hears(), *told[-1:]]
    return await stage.scenario(removed.__doc__ or "", inputs, FORGOTTEN)


async def gone(stage: Stage) -> Scenario:
    """Who was removed while away is told so by the heads, and by `gone`."""
    recording = stage.bruno_hears
    private = UpdateConversation(conversation_id=stage.where, visibility="private")
    await stage.asks(private, stage.ana)
    request = RemoveMember(conversation_id=stage.where, user_id=stage.bruno.id)
    await stage.asks(request, stage.ana)
    answer = await recording.catch_up(recording.position["seq"])
    inputs = [{"lost": {}}, await recording.ready(), answer]
    return await stage.scenario(gone.__doc__ or "", inputs, FORGOTTEN)


SCENES: dict[str, Scene] = {
    scene.__name__: scene
    for scene in (another_history, told_to_resync, ahead_of_the_head, removed, gone)
}
