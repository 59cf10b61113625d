"""What is particular to the bus of one process."""

import pytest

from tertulia.kit.bus.local import LocalBus
from tests.kit.bus.contract import Lamp, Light, Told


async def test_what_would_not_survive_the_wire_fails_in_tests_too():
    bus = LocalBus(recode=True)

    async def light(_request, _actor):
        return Lamp.model_construct(lit="by candle")

    bus.serve(Light, light)
    with pytest.warns(UserWarning, match="candle"), pytest.raises(ValueError, match="lit"):
        await bus.ask(Light(name="hall"))


async def test_publish_returns_when_each_has_heard():
    bus, heard = LocalBus(), []

    async def hear(event):
        heard.append(event)

    bus.listen(Told, hear)
    await bus.publish(Told(words="hola"))
    assert heard == [Told(words="hola")]
