"""Traces of a whole process: from the command to who hears of it; none unless somebody wants them."""

from uuid import UUID

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tertulia.conversations.contract.messages import PostMessage
from tertulia.conversations.contract.updates import MessagePosted
from tertulia.kernel.ids import new_id
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.tracing import collector
from tertulia.runtime.data import CannotStart
from tertulia.runtime.instance import opened
from tertulia.runtime.settings import Settings
from tertulia.runtime.tracing import traced
from tests.runtime.busy_data import live

ENDPOINT = "http://127.0.0.1:9/v1/traces"


@pytest.fixture
def exporter(monkeypatch):
    """Where spans go instead of to a collector."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(collector, "tracer_to", lambda *_: provider.get_tracer("tests"))
    return exporter


async def test_a_message_is_one_trace(tmp_path, exporter):
    settings = Settings(
        data=tmp_path, registration="open", rate_limits=False, tracing_endpoint=ENDPOINT
    )
    async with opened(settings) as instance:
        story = await live(instance)

        async def hear(_event):
            pass

        instance.bus.listen(MessagePosted, hear)
        exporter.clear()
        name = new_id()
        send = PostMessage(conversation_id=story.ids["general"], text="hola", id=name)
        await story.ask(send, "ana")
        await instance.house.consumed()
    spans = exporter.get_finished_spans()
    told = {span.name for span in spans if span.context.trace_id == UUID(name).int}
    assert told == {
        *("ask conversations.post_message", "handle conversations.post_message"),
        *("publish conversations.message_posted", "hear conversations.message_posted"),
    }


def test_without_an_endpoint_the_bus_is_the_bus():
    bus = LocalBus()
    assert traced(bus, Settings(), ["accounts"]) is bus


def test_what_is_not_installed_is_said(monkeypatch):
    def missing(*_):
        raise ImportError

    monkeypatch.setattr(collector, "tracer_to", missing)
    with pytest.raises(CannotStart) as refused:
        traced(LocalBus(), Settings(tracing_endpoint=ENDPOINT), ["accounts"])
    assert refused.value.code == "tracing"
