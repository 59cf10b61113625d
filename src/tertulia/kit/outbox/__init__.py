"""The transactional outbox: facts are rows of the transaction that causes them.

Each service owns one `EventLog`. Positions are dense. After the commit the relay publishes what was
appended, in order; what a crash left behind it publishes at the next start. A durable consumer keeps
its own position beside its own effects and reads the log from there.
"""

from tertulia.kit.outbox.events import EventLog, LoggedEvent
from tertulia.kit.outbox.relay import Consumer, Relay, reaction

__all__ = ["Consumer", "EventLog", "LoggedEvent", "Relay", "reaction"]
