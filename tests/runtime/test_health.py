"""The health of one process, on a port of its own."""

import httpx
import pytest

from tertulia.runtime.health import Health
from tertulia.runtime.server import open_port


@pytest.fixture
async def told():
    health = Health()
    with open_port("127.0.0.1", 0) as listener:
        async with health.told_on(listener):
            url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            async with httpx.AsyncClient(base_url=url) as client:
                yield health, client


async def test_it_is_alive_and_late_until_it_has_started(told):
    health, client = told
    assert (await client.get("/healthz")).status_code == 200
    late = await client.get("/readyz")
    assert (late.status_code, late.json()) == (503, {"ready": False, "late": ["start"]})
    health.late = lambda: ()
    ready = await client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True})


async def test_what_is_late_is_named(told):
    health, client = told
    health.late = lambda: ("bus", "accounts")
    assert (await client.get("/readyz")).json()["late"] == ["bus", "accounts"]


async def test_it_tells_its_metrics_and_nothing_else(told):
    _, client = told
    assert "tertulia_events_total" in (await client.get("/metrics")).text
    assert (await client.get("/api/v1/server")).status_code == 404
