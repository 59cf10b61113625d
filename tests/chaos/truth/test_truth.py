"""Snapshot + updates = fresh snapshot, for every command (docs/guarantees.md, G5)."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest

from tertulia.chaos.mutants import Patch
from tertulia.chaos.simulation.town import town
from tertulia.chaos.truth.commands import commands, missing
from tertulia.chaos.truth.scenarios import SCENARIOS
from tertulia.chaos.truth.stage import Scenario, verify
from tertulia.chaos.truth.tier import Truth
from tertulia.conversations.contract.messages import PostMessage
from tertulia.kit.edge import user_room

BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}


def test_every_command_has_a_scenario():
    assert PostMessage in commands()
    assert not missing()


def test_scenarios_have_names_of_their_own():
    assert len(BY_NAME) == len(SCENARIOS)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=BY_NAME)
def test_what_one_is_told_is_the_truth(scenario: Scenario):
    assert not verify(scenario)


def test_as_a_tier_every_scenario_has_its_turn():
    outcome = Truth().run(len(SCENARIOS) + 3)
    assert outcome.counts == {"scenarios": 1}
    assert not outcome.violations


# --- that it can fail --------------------------------------------------------------------------------


def _silent(event: str) -> Callable[[Any], Any]:
    """Forgets to tell of one event."""

    def make(real: Any) -> Any:
        def told(self: Any, step: Any) -> bool:
            return False if step.name == event else real(self, step)

        return told

    return make


def _to_diego(real: Any) -> Any:
    """Tells an outsider instead."""
    diego = user_room(town().citizens["diego"].id)
    return lambda self, step: real(self, replace(step, rooms=(diego,)))


def _forgetful(real: Any) -> Any:
    def change(connection: Any, message_id: str, values: Any) -> None:
        real(connection, message_id, {k: v for k, v in values.items() if k != "text"})

    return change


TELL = "tertulia.gateway.live.audience:Audience._tell"
DEFECTS = {
    "the counts of an edit are not told": (
        "EditMessage: with other mentions",
        [Patch(TELL, _silent("conversations.read"))],
        "mention_count",
    ),
    "a conversation is not added": (
        "AddMember: the guest",
        [Patch(TELL, _silent("conversations.added"))],
        "missing",
    ),
    "a setting is not told": (
        "UpdateSettings: muted",
        [Patch(TELL, _silent("conversations.settings_changed"))],
        "muted",
    ),
    "a name is not told": (
        "UpdateProfile: somebody else's name",
        [Patch(TELL, _silent("accounts.user_changed"))],
        "display_name",
    ),
    "an update is not told": (
        "PostMessage: with a mention",
        [Patch(TELL, _silent("conversations.message_posted"))],
        "missing",
    ),
    "an outsider hears": (
        "PostMessage: with a mention",
        [Patch(TELL, _to_diego)],
        "outsider: heard conversations.message_posted",
    ),
    "the tombstone keeps what was said": (
        "DeleteMessage: one's own",
        [Patch("tertulia.conversations.store.messages:change", _forgetful)],
        "text",
    ),
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_what_is_not_told_is_noticed(defect: str):
    name, patches, says = DEFECTS[defect]
    town()
    with ExitStack() as defects:
        for patch in patches:
            defects.enter_context(patch.applied())
        found = verify(BY_NAME[name])
    assert any(says in violation.says for violation in found), found
