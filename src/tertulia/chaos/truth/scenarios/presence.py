"""Presence: it changes nothing that is kept, and nobody outside hears of it."""

from tertulia.chaos.truth.stage import Scenario, Stage
from tertulia.presence.contract import Connect, Disconnect, SetTyping, Watch


async def _watch(stage: Stage) -> None:
    await stage.watches("ana", "eva", "online")
    await stage.watches("eva", "diego", "offline")  # whom she shares nothing with


async def _connect(stage: Stage) -> None:
    await stage.leaves("eva")
    await stage.settled()
    await stage.watches("ana", "eva", "offline")
    await stage.socket("eva")
    await stage.hears_state("ana", "eva", "online")


async def _disconnect(stage: Stage) -> None:
    await stage.watches("ana", "eva", "online")
    await stage.leaves("eva")
    await stage.hears_state("ana", "eva", "offline")


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(Watch, "somebody", _watch),
    Scenario(Connect, "somebody who is watched", _connect),
    Scenario(Disconnect, "somebody who is watched", _disconnect),
    Scenario(
        SetTyping, "in a channel", lambda s: s.does("eva", SetTyping(conversation_id=s.taller))
    ),
)
