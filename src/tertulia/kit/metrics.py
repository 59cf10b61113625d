"""What this process counts and measures, in the format of Prometheus.

Names and meanings are one list, here; whoever does the work moves them.
"""

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)

SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)

# --- the edge -------------------------------------------------------------------------------------

REQUESTS = Counter(
    "tertulia_requests",
    "Commands and calls answered, by name and by code (`ok` or that of the error).",
    ["name", "code"],
    registry=REGISTRY,
)
REQUEST_SECONDS = Histogram(
    "tertulia_request_seconds",
    "From the arrival of a command or call to its answer.",
    ["lane"],
    buckets=SECONDS,
    registry=REGISTRY,
)
CONNECTIONS = Gauge("tertulia_connections", "Sockets that are open.", registry=REGISTRY)
REFUSED_CONNECTIONS = Counter(
    "tertulia_refused_connections", "Sockets refused, by code.", ["code"], registry=REGISTRY
)
SHED = Counter(
    "tertulia_shed",
    "Requests refused because the server had too much to do, by the class of work.",
    ["class"],
    registry=REGISTRY,
)
BROADCASTS = Counter(
    "tertulia_broadcasts", "Events sent to a room, by name.", ["name"], registry=REGISTRY
)

# --- the writer -----------------------------------------------------------------------------------

WRITER_QUEUE = Gauge(
    "tertulia_writer_queue", "Commands that wait for the writer.", registry=REGISTRY
)
READS_WAITING = Gauge(
    "tertulia_reads_waiting", "Reads that wait or are under way.", registry=REGISTRY
)
BATCH_SIZE = Histogram(
    "tertulia_batch_commands",
    "Commands that shared a commit.",
    buckets=SIZES,
    registry=REGISTRY,
)
COMMIT_SECONDS = Histogram(
    "tertulia_commit_seconds",
    "From the beginning of a batch to its commit on stable storage.",
    buckets=SECONDS,
    registry=REGISTRY,
)
ROLLED_BACK = Counter(
    "tertulia_batches_rolled_back",
    "Batches that failed and ran again one by one.",
    registry=REGISTRY,
)

# --- events and the loop --------------------------------------------------------------------------

EVENTS = Counter(
    "tertulia_events",
    "Events published, by the service they are of.",
    ["service"],
    registry=REGISTRY,
)
EVENTS_WAITING = Gauge(
    "tertulia_events_waiting",
    "Events committed and not yet heard by every live listener.",
    ["service"],
    registry=REGISTRY,
)
EVENT_LOG_ROWS = Gauge(
    "tertulia_event_log_rows",
    "Rows of a service's event log, which are kept until all who react durably have passed them.",
    ["service"],
    registry=REGISTRY,
)
EVENT_LOG_AGE = Gauge(
    "tertulia_event_log_age_seconds",
    "For how long the oldest event has been there that somebody who reacts durably has not passed.",
    ["service"],
    registry=REGISTRY,
)
CONSUMER_BEHIND = Gauge(
    "tertulia_consumer_behind_events",
    "Events of a log that one who reacts durably (source→follower) has not passed.",
    ["consumer"],
    registry=REGISTRY,
)
LOOP_LAG = Gauge(
    "tertulia_loop_lag_seconds",
    "By how much the loop was late, at most, in the last second.",
    registry=REGISTRY,
)

# --- the bus between processes --------------------------------------------------------------------

BUS_CONNECTIONS = Counter(
    "tertulia_bus_connections",
    "Connections made to the server of the bus; more than one is one that was lost.",
    registry=REGISTRY,
)
BUS_DROPPED = Counter(
    "tertulia_bus_dropped",
    "Messages dropped: heard faster than listened to, said while the server took nothing, too large.",
    ["why"],
    registry=REGISTRY,
)
BUS_WAITING = Gauge(
    "tertulia_bus_waiting",
    "Commands that wait for their turn on their way to another process.",
    registry=REGISTRY,
)
BUS_LISTED = Histogram(
    "tertulia_bus_listed_commands",
    "Commands that went to another process as one list.",
    buckets=SIZES,
    registry=REGISTRY,
)
FORWARDED = Counter(
    "tertulia_forwarded_requests",
    "Polling requests for sessions of other gateways: answered, gone (the gateway is not there), hung_up "
    "(the client left), too_large.",
    ["outcome"],
    registry=REGISTRY,
)

# --- gateways of a cluster ------------------------------------------------------------------------

PAUSES = Counter(
    "tertulia_gateway_pauses",
    "Times a gateway told nobody anything, for want of a lease.",
    registry=REGISTRY,
)
LEASE_HELD = Gauge(
    "tertulia_gateway_lease_held",
    "Whether this gateway has a lease of every owner: 1 or 0.",
    registry=REGISTRY,
)
REVALIDATIONS = Counter(
    "tertulia_gateway_revalidations",
    "Times everybody connected was looked at anew, because barriers of a service may have been missed.",
    ["service"],
    registry=REGISTRY,
)
BARRIER_POSITION = Gauge(
    "tertulia_gateway_barrier_position",
    "The position in the log of a service up to which this gateway has carried out removals.",
    ["service"],
    registry=REGISTRY,
)
FOLLOWED = Gauge(
    "tertulia_gateway_followed_conversations",
    "Conversations that this gateway hears, because somebody in them is connected to it.",
    registry=REGISTRY,
)
GAPS = Counter(
    "tertulia_gateway_gaps",
    "Times updates of a conversation were missing for a while, and their owner was asked for them.",
    registry=REGISTRY,
)
GAP_SECONDS = Histogram(
    "tertulia_gateway_gap_seconds",
    "How long they were missing, from when that was seen.",
    buckets=SECONDS,
    registry=REGISTRY,
)

# --- the database of many processes ---------------------------------------------------------------

DATABASE_REACHABLE = Gauge(
    "tertulia_database_reachable",
    "Whether PostgreSQL answered last, by the service that asked: 1 or 0.",
    ["service"],
    registry=REGISTRY,
)


def exposition() -> tuple[bytes, str]:
    """All of it as text, and its media type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
