"""Presence: it changes nothing that is kept, and nobody outside hears of it."""

from tertulia.chaos.truth.stage import Scenario, Stage
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.ids import new_id
from tertulia.presence.contract import Connect, Disconnect, Presume, Renew, SetTyping, Watch


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


async def _presume(stage: Stage) -> None:
    """Of who is connected more is known than that."""
    await stage.watches("ana", "eva", "online")
    await stage.asks(Presume(user_ids=[stage.id("eva")]), SYSTEM)
    await stage.settled()
    await stage.watches("ana", "eva", "online")


async def _renew(stage: Stage) -> None:
    await stage.watches("ana", "eva", "online")
    await stage.asks(Renew(gateway_id=new_id()), SYSTEM)
    await stage.settled()
    await stage.watches("ana", "eva", "online")


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(Watch, "somebody", _watch),
    Scenario(Connect, "somebody who is watched", _connect),
    Scenario(Disconnect, "somebody who is watched", _disconnect),
    Scenario(Presume, "somebody who is connected", _presume),
    Scenario(Renew, "a gateway without anybody", _renew),
    Scenario(
        SetTyping, "in a channel", lambda s: s.does("eva", SetTyping(conversation_id=s.taller))
    ),
)
