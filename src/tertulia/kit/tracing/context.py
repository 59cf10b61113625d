"""Where a trace goes on: below a span of another process, or where a client's message began it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import NonRecordingSpan, SpanContext, TraceFlags
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tertulia.kernel.messages import Message

_W3C = TraceContextTextMapPropagator()
_LOW = (1 << 64) - 1


def origin(message: Message) -> Context | None:
    """Where the trace of a client's message begins; None for what no client has named."""
    named = getattr(message, "message", message)  # of an event, what it is about
    try:
        number = UUID(getattr(named, "id", "")).int
    except (ValueError, TypeError, AttributeError):
        return None
    begun = SpanContext(number, number & _LOW or 1, True, TraceFlags(TraceFlags.SAMPLED))
    return trace.set_span_in_context(NonRecordingSpan(begun), Context())


def traceparent() -> str:
    """The span that is under way, as W3C writes it; empty where none is."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent", "")


@contextmanager
def continued(parent: str | None) -> Iterator[None]:
    """Go on below a span of another process; where there is none, nothing changes."""
    found = _W3C.extract({"traceparent": parent}, Context()) if parent else None
    if found is None:
        yield
    else:
        with trace.use_span(trace.get_current_span(found)):
            yield
