"""The reducer and the state come to what the golden files expect (tests/golden/reducer/README.md)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tertulia.client.models import Conversation
from tests.client.golden import Client, read_messages
from tests.golden.files import load


def is_told_live(inputs: list[dict[str, Any]]) -> bool:
    """Whether each update is there once, and marks of reading beside them."""
    seqs = [told["update"]["seq"] for told in inputs if "update" in told]
    kinds = {kind for told in inputs for kind in told}
    return kinds <= {"update", "read"} and len(seqs) == len(set(seqs))


FILES = load()
LOGS = {name: scenario for name, scenario in FILES.items() if is_told_live(scenario["inputs"])}
"""The scenarios in which everything is told live; marks may be missed, for the heads have them."""


def check(client: Client, expected: dict[str, Any]) -> None:
    """The client shows exactly what is expected."""
    assert client.shows("followed") == expected["followed"]
    if not expected["followed"]:
        return
    for field in ("position", "held", "wants"):
        assert client.shows(field) == expected[field], field
    messages = sorted(client.state.messages.values(), key=lambda it: it.seq)
    assert messages == read_messages(expected["messages"])
    assert client.state.conversation == Conversation.model_validate(expected["conversation"])


@pytest.mark.parametrize("name", FILES)
def test_what_is_told_comes_to_what_is_true(name: str):
    client = Client(FILES[name])
    for told in FILES[name]["inputs"]:
        for kind, body in told.items():
            client.take(kind, body)
    check(client, FILES[name]["expected"])


@settings(deadline=None)
@given(name=st.sampled_from(sorted(LOGS)), data=st.data())
def test_shuffled_doubled_and_lost_updates_come_to_the_same(name: str, data: st.DataObject):
    scenario = LOGS[name]
    log = [told["update"] for told in scenario["inputs"] if "update" in told]
    client = Client(scenario)
    arrivals = data.draw(st.lists(st.sampled_from(log), max_size=2 * len(log)))
    for update in arrivals:
        client.take("update", update)
    client.take("lost", {})
    head = {"epoch": "e1", **_count(scenario["expected"]["conversation"])}
    client.take("ready", {"heads": {client.id: head}})
    while client.shows("wants"):
        start = client.shows("position")["seq"]
        missed = [update for update in log if update["seq"] > start]
        limit = data.draw(st.integers(1, len(missed)))
        answer = {"updates": missed[:limit], "heads": {client.id: head}}
        client.take("caught_up", {**answer, "more": limit < len(missed)})
    check(client, scenario["expected"])


def _count(conversation: dict[str, Any]) -> dict[str, Any]:
    names = ("head", "read", "messages", "unread_count", "mention_count")
    return {name: conversation[name] for name in names}
