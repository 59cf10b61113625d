"""Where spans go: to a collector, by OTLP over HTTP."""

from collections.abc import Iterable

from opentelemetry.trace import Tracer


def tracer_to(endpoint: str, services: Iterable[str]) -> Tracer:
    """A tracer whose spans go to a collector, by OTLP over HTTP.

    Raises `ImportError` without `tertulia[tracing]`.
    """
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415 - optional
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    names = {"service.name": "tertulia", "service.namespace": ",".join(services)}
    provider = TracerProvider(resource=Resource.create(names))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint)))
    return provider.get_tracer("tertulia")
