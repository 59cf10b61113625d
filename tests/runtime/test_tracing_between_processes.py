"""A message is one trace through all processes that it passes: from a socket to whoever hears of it."""

import asyncio
import json
from contextlib import AsyncExitStack
from uuid import UUID

import httpx
import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from pydantic import SecretStr

from tertulia.kernel.ids import new_id
from tertulia.kit.tracing import collector
from tertulia.runtime.application import create_app
from tertulia.runtime.settings import Settings
from tests.gateway.site import RawPolling
from tests.support import databases

pytestmark = pytest.mark.split
SETUP = {
    "organization": "Casa",
    "username": "ana",
    "display_name": "Ana",
    "password": "una buena taza de té",
}


@pytest.fixture
def exporter(monkeypatch):
    """Where spans go instead of to a collector; a tracer is named after the services of its process."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))

    def tracer_to(_endpoint, services):
        return provider.get_tracer(",".join(services))

    monkeypatch.setattr(collector, "tracer_to", tracer_to)
    return exporter


async def test_a_message_is_one_trace_from_a_socket_to_those_who_hear_it(
    tmp_path, exporter, nats_server
):
    with databases.a_database("traces") as database:
        async with AsyncExitStack() as processes:
            gateway = None
            for service in ("accounts", "conversations", "gateway"):
                gateway = create_app(
                    Settings(
                        data=tmp_path / service,
                        services=(service,),
                        bus=nats_server.url,
                        database=database,
                        setup_code=SecretStr("un código"),
                        tracing_endpoint="http://127.0.0.1:9/v1/traces",
                    )
                )
                await processes.enter_async_context(gateway.lifespan())
            name = await _say_and_hear(gateway)
    spans = [it for it in exporter.get_finished_spans() if it.context.trace_id == UUID(name).int]
    assert {(it.instrumentation_scope.name, it.name) for it in spans} == {
        ("gateway", "ask conversations.post_message"),
        ("conversations", "handle conversations.post_message"),
        ("conversations", "publish conversations.message_posted"),
        ("gateway", "hear conversations.message_posted"),
    }
    named = {it.name.partition(" ")[0]: it for it in spans}
    assert named["handle"].parent.span_id == named["ask"].context.span_id


async def _say_and_hear(gateway) -> str:
    """Over a socket of ana's; the id of the message."""
    transport = httpx.ASGITransport(app=gateway, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        while (await http.get("/readyz")).status_code != 200:
            await asyncio.sleep(0.05)
        done = (await http.post("/api/v1/setup", json=SETUP)).json()
        socket = await RawPolling(http, "/socket.io/").open()
        await socket.post("40" + json.dumps({"token": done["token"]}))
        await socket.until('42["gateway.ready"')
        name = new_id()
        said = {"id": name, "conversation_id": done["conversation"]["id"], "text": "hola"}
        await socket.post("42" + json.dumps(["conversations.post_message", said]))
        await socket.until('42["conversations.message_posted"')
    return name
