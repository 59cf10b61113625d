"""Whether the bus of this process is traced: only where the operator says to where."""

from collections.abc import Collection

from tertulia.kit.bus import Bus
from tertulia.runtime.data import CannotStart
from tertulia.runtime.settings import Settings


def traced(bus: Bus, settings: Settings, services: Collection[str]) -> Bus:
    """The bus itself, or around it one that tells the collector. Raises `CannotStart`."""
    if settings.tracing_endpoint is None:
        return bus
    from tertulia.kit.tracing.bus import TracedBus  # noqa: PLC0415 - nobody else loads it
    from tertulia.kit.tracing.collector import tracer_to  # noqa: PLC0415

    try:
        return TracedBus(bus, tracer_to(settings.tracing_endpoint, services))
    except ImportError as error:
        detail = "traces need more than is installed: pip install 'tertulia[tracing]'"
        raise CannotStart("tracing", detail) from error
