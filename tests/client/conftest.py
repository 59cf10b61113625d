"""A server that misbehaves on demand, and Ana at the other end of a wire."""

import pytest

from tertulia.client import Tertulia
from tests.client.fake_server import FakeServer
from tests.client.proxy import Wire


@pytest.fixture
async def server():
    async with FakeServer() as server:
        yield server


@pytest.fixture
async def wire(server):
    async with Wire(server.port) as wire:
        yield wire


@pytest.fixture
async def ana(wire):
    async with Tertulia(wire.url, token="t-ana") as ana:
        yield ana
