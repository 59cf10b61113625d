"""A bus around another one, whose every message is a span."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, StatusCode, Tracer

from tertulia.kernel.actor import SYSTEM, Actor
from tertulia.kernel.errors import AppError
from tertulia.kernel.messages import Event, Message, Request
from tertulia.kit.bus import Bus, Handler, Listener
from tertulia.kit.bus.passing import PassingBus
from tertulia.kit.tracing.context import origin

R = TypeVar("R")


class TracedBus(PassingBus):
    """A bus whose requests, handlers, events and listeners are spans."""

    def __init__(self, bus: Bus, tracer: Tracer) -> None:
        super().__init__(bus)
        self._tracer = tracer

    def serve(self, request: type[Request[Any]], handler: Handler) -> None:
        """See `Bus.serve`: what the handler does, its commit included, is a span."""

        async def traced(asked: Any, actor: Actor) -> Any:
            with self._span(f"handle {asked.wire_name}", SpanKind.SERVER, asked):
                return await handler(asked, actor)

        self._bus.serve(request, traced)

    def listen(self, event: type[Event], listener: Listener, *, followed: bool = False) -> None:
        """See `Bus.listen`: what the listener does, fan-out included, is a span."""

        async def traced(told: Any) -> None:
            with self._span(f"hear {told.wire_name}", SpanKind.CONSUMER, told):
                await listener(told)

        self._bus.listen(event, traced, followed=followed)

    async def ask(self, request: Request[R], actor: Actor = SYSTEM) -> R:
        """See `Bus.ask`."""
        with self._span(f"ask {request.wire_name}", SpanKind.CLIENT, request):
            return await self._bus.ask(request, actor)

    async def publish(self, event: Event) -> None:
        """See `Bus.publish`."""
        with self._span(f"publish {event.wire_name}", SpanKind.PRODUCER, event):
            await self._bus.publish(event)

    @contextmanager
    def _span(self, name: str, kind: SpanKind, message: Message) -> Iterator[None]:
        """A span with names and codes, never with what somebody wrote; below the one that is under way."""
        parent = None if trace.get_current_span().get_span_context().is_valid else origin(message)
        with self._tracer.start_as_current_span(
            name, parent, kind, record_exception=False, set_status_on_exception=False
        ) as span:
            span.set_attribute("tertulia.message", message.wire_name)
            with _ending(span):
                yield


@contextmanager
def _ending(span: Span) -> Iterator[None]:
    try:
        yield
    except AppError as error:
        span.set_attribute("error.type", error.code)
        if error.status >= 500:
            span.set_status(StatusCode.ERROR, error.code)
        raise
    except Exception as error:
        span.set_status(StatusCode.ERROR, type(error).__name__)
        raise
