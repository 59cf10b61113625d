"""The transactional outbox: facts are rows of the transaction that causes them.

Each service owns one `EventLog`. Positions are dense. After the commit the relay publishes what was
appended, in order; what a crash left behind it publishes at the next start. A durable consumer keeps
its own position beside its own effects and reads the log from there.

Between processes each publishes what it committed itself (`SharedRelay`), and durable consumers ask for the
log over the bus (`Following`).
"""

from tertulia.kit.outbox.events import EventLog, LoggedEvent
from tertulia.kit.outbox.following import Following
from tertulia.kit.outbox.relay import Consumer, Relay, reaction
from tertulia.kit.outbox.shared import SharedRelay

__all__ = [
    "Consumer",
    "EventLog",
    "Following",
    "LoggedEvent",
    "Relay",
    "SharedRelay",
    "reaction",
]
