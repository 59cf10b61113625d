"""The house: order of start and stop, the table of services, and who needs whom."""

import pytest

from tertulia.kernel.limits import Limits
from tertulia.kit.service import Service
from tertulia.runtime.data import CannotStart
from tertulia.runtime.house import in_order
from tertulia.runtime.instance import opened
from tertulia.runtime.services import GATEWAY, NAMES, TABLE, missing_needs, wirings
from tertulia.runtime.settings import Settings
from tests.support.kit import running


def named(name, *needs, on_start=None, on_stop=None):
    return Service(name=name, serves={}, needs=needs, on_start=on_start, on_stop=on_stop)


def test_a_service_comes_after_what_it_needs():
    services = [named("presence", "conversations"), named("conversations", "accounts")]
    ordered = in_order([*services, named("accounts")])
    assert [service.name for service in ordered] == ["accounts", "conversations", "presence"]


def test_a_circle_is_a_defect():
    with pytest.raises(ValueError, match="cycle"):
        in_order([named("one", "other"), named("other", "one")])


async def test_services_start_after_what_they_need_and_stop_before_it():
    told = []

    def wiring(name, *needs):
        async def start():
            told.append(f"+{name}")

        async def stop():
            told.append(f"-{name}")

        def wire(_kit):
            return named(name, *needs, on_start=start, on_stop=stop)

        wire.__module__ = "tertulia.presence.wiring"
        return wire

    async with running([wiring("c", "b"), wiring("a"), wiring("b", "a")]):
        told.append("open")
    assert told == ["+a", "+b", "+c", "open", "-c", "-b", "-a"]


async def test_when_one_cannot_start_those_before_it_are_stopped():
    told = []

    async def fail():
        raise ZeroDivisionError

    async def stop():
        told.append("stopped")

    def wire_first(_kit):
        return named("first", on_stop=stop)

    def wire_second(_kit):
        return named("second", "first", on_start=fail)

    wire_first.__module__ = wire_second.__module__ = "tertulia.presence.wiring"
    with pytest.raises(ZeroDivisionError):
        async with running([wire_first, wire_second]):
            pass
    assert told == ["stopped"]


async def test_the_table_says_what_the_wirings_say():
    async with running(wirings(NAMES)) as house:
        needs = {service.name: set(service.needs) for service in house.house.services}
    assert needs == {entry.name: set(entry.needs) for entry in TABLE if entry.name != GATEWAY}


def test_a_need_that_is_missing_is_named():
    assert missing_needs(NAMES) == []
    assert missing_needs(["presence"]) == [("presence", "conversations")]
    assert missing_needs(["gateway", "accounts"]) == [("gateway", "conversations")]


async def test_a_service_does_not_start_without_what_it_needs(tmp_path):
    settings = Settings(data=tmp_path / "data", services=("presence",), limits=Limits())
    with pytest.raises(CannotStart, match="presence needs conversations"):
        async with opened(settings):
            pass
    assert not (tmp_path / "data").exists()


async def test_only_the_services_that_are_named_run(tmp_path):
    async with opened(Settings(data=tmp_path / "data", services=("accounts",))) as instance:
        assert [service.name for service in instance.house.services] == ["accounts"]
