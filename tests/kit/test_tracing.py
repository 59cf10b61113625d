"""One message is one trace, through everything that happens to it; what goes wrong has its code in it."""

import asyncio
import contextvars
from uuid import UUID

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from tertulia.conversations.contract.messages import PostMessage
from tertulia.kernel.actor import SYSTEM
from tertulia.kernel.errors import AppError, Internal, NotFound
from tertulia.kernel.ids import new_id
from tertulia.kernel.limits import DEFAULTS
from tertulia.kernel.messages import Event
from tertulia.kit.bus.local import LocalBus
from tertulia.kit.bus.nats import envelope
from tertulia.kit.tracing.bus import TracedBus
from tertulia.kit.tracing.context import continued, traceparent


class Said(Event):
    """A fact with the name that a client gave."""

    id: str


@pytest.fixture
def exporter():
    return InMemorySpanExporter()


@pytest.fixture
def tracer(exporter):
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield provider.get_tracer("tests")
    provider.shutdown()


def post(name: str | None = None) -> PostMessage:
    return PostMessage(conversation_id=new_id(), text="un secreto", id=name or new_id())


async def test_a_message_is_one_trace_from_the_command_to_who_hears_of_it(tracer, exporter):
    bus = TracedBus(LocalBus(), tracer)
    later: list[asyncio.Future[None]] = []
    name = new_id()

    async def handle(request, _actor):
        # As the relay does: later, where the caller's context is not.
        told = bus.publish(Said(id=request.id))
        later.append(contextvars.Context().run(asyncio.ensure_future, told))

    async def hear(_event):
        assert traceparent()

    bus.serve(PostMessage, handle)
    bus.listen(Said, hear)
    await bus.ask(post(name))
    await asyncio.gather(*later)
    spans = {span.name.partition(" ")[0]: span for span in exporter.get_finished_spans()}
    assert spans.keys() == {"ask", "handle", "publish", "hear"}
    assert {span.context.trace_id for span in spans.values()} == {UUID(name).int}
    assert spans["handle"].parent.span_id == spans["ask"].context.span_id
    assert spans["hear"].parent.span_id == spans["publish"].context.span_id


async def test_it_goes_on_in_the_process_that_answers(tracer, exporter):
    with tracer.start_as_current_span("here") as here:
        body = envelope.request_body(post(), SYSTEM, "an-id", traceparent())
    asked = envelope.read_request(PostMessage, envelope.request_bytes(body, 1), DEFAULTS)
    with continued(asked.traceparent), tracer.start_as_current_span("there"):
        pass
    there = exporter.get_finished_spans()[-1]
    assert there.name == "there"
    assert there.parent.span_id == here.get_span_context().span_id
    assert there.parent.is_remote


def test_without_a_span_nothing_is_carried():
    assert traceparent() == ""
    body = envelope.request_body(post(), SYSTEM, "an-id", traceparent())
    assert b"traceparent" not in body
    with continued(None), continued("nonsense"):
        assert traceparent() == ""


@pytest.mark.parametrize(
    ("failure", "status", "kind"),
    [
        (NotFound(), StatusCode.UNSET, "not_found"),
        (Internal("un secreto"), StatusCode.ERROR, "internal"),
        (ZeroDivisionError("un secreto"), StatusCode.ERROR, None),
    ],
)
async def test_a_failure_has_its_code_in_the_trace_and_never_a_text(
    tracer, exporter, failure, status, kind
):
    bus = TracedBus(LocalBus(), tracer)

    async def handle(_request, _actor):
        raise failure

    bus.serve(PostMessage, handle)
    with pytest.raises((AppError, ZeroDivisionError)):
        await bus.ask(post())
    for span in exporter.get_finished_spans():
        assert span.status.status_code == status
        assert span.attributes.get("error.type") == kind
        assert "secreto" not in span.to_json()
