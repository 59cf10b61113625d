"""What is done, command by command: one file a noun."""

from tertulia.chaos.truth.scenarios import (
    accounts,
    conversations,
    members,
    messages,
    personal,
    presence,
    spaces,
)
from tertulia.chaos.truth.stage import Scenario

SCENARIOS: tuple[Scenario, ...] = (
    *messages.SCENARIOS,
    *conversations.SCENARIOS,
    *members.SCENARIOS,
    *spaces.SCENARIOS,
    *accounts.SCENARIOS,
    *presence.SCENARIOS,
    *personal.SCENARIOS,
)
