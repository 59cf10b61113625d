"""Where `TERTULIA_FAILPOINT` is obeyed."""

from collections.abc import Iterator

import pytest

from tertulia.kit import failpoints
from tertulia.runtime.data import CannotStart
from tertulia.runtime.failpoints import arm_failpoints
from tertulia.runtime.settings import Settings


@pytest.fixture(autouse=True)
def _disarmed() -> Iterator[None]:
    yield
    failpoints.arm("")


def is_armed() -> bool:
    try:
        failpoints.reach("before_tx")
    except failpoints.Failed:
        return True
    return False


def test_nothing_is_armed_by_itself(monkeypatch):
    monkeypatch.delenv("TERTULIA_FAILPOINT", raising=False)
    arm_failpoints(Settings())
    assert not is_armed()


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"host": "::1"},
        {"host": "localhost", "base_url": "http://localhost:8000"},
        {"base_url": "http://127.0.0.1:8000"},
    ],
)
def test_a_local_server_obeys(monkeypatch, settings):
    monkeypatch.setenv("TERTULIA_FAILPOINT", "before_tx:raise")
    arm_failpoints(Settings(**settings))
    assert is_armed()


@pytest.mark.parametrize(
    "settings",
    [{"host": "0.0.0.0"}, {"host": "chat.example.org"}, {"base_url": "https://a.example"}],
)
def test_any_other_server_ignores_it(monkeypatch, settings):
    monkeypatch.setenv("TERTULIA_FAILPOINT", "before_tx:raise")
    arm_failpoints(Settings(**settings))
    assert not is_armed()


def test_an_unknown_place_is_refused(monkeypatch):
    monkeypatch.setenv("TERTULIA_FAILPOINT", "somewhere:kill")
    with pytest.raises(CannotStart, match="somewhere") as refused:
        arm_failpoints(Settings())
    assert refused.value.code == "failpoint"
