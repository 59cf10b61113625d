import pytest

from tertulia.chaos.power.calls import Call, Synced, Wrote
from tertulia.chaos.power.promises import IMAGE, ORDER, Found, check_order, check_told
from tertulia.chaos.power.recording import Recording
from tertulia.chaos.power.wire import Acknowledged, Told

ID = "01a20d8d-65da-7407-a78f-b2778cd029fe"
WAL = "data/tertulia.db-wal"
LAST = bytes(4) + b"\0\0\0\7" + bytes(16)
MORE = bytes(24)
PAGE = b"junk" + ID.encode() + b"01a20d8d"


def written(line: int, header: bytes = LAST) -> list[Call]:
    """A frame of the WAL with the row in it."""
    return [Wrote(line, line, WAL, 32, header), Wrote(line + 1, line + 1, WAL, 56, PAGE)]


def synced(start: int, end: int | None = None, path: str = WAL, *, failed: bool = False) -> Synced:
    return Synced(start, end or start, path, failed)


def says(calls: list[Call], line: int = 10) -> list[str]:
    return [it.says for it in check_order(Recording(calls, [Acknowledged(line, ID, "c", 1)]))]


def test_an_acknowledgement_after_the_sync_is_in_order():
    assert not says([*written(1), synced(3)])


@pytest.mark.parametrize(
    "calls",
    [
        pytest.param([], id="never written"),
        pytest.param(written(1), id="never synced"),
        pytest.param([synced(1), *written(2)], id="synced before"),
        pytest.param([*written(1), synced(3, 11)], id="the sync returned later"),
        pytest.param([*written(1), synced(3, path="data/tertulia.db")], id="another file"),
        pytest.param([*written(1), synced(2, 5)], id="the sync began before the write returned"),
        pytest.param([*written(1, MORE), synced(3)], id="the transaction went on"),
        pytest.param([*written(1), synced(3, failed=True)], id="the sync failed"),
    ],
)
def test_an_acknowledgement_before_it_is_not(calls):
    assert says(calls)


def test_a_message_is_not_heard_before_it_is_synced_either():
    told = Told(2, "c", 1, "message_posted", ID)
    [found] = check_order(Recording([*written(1), synced(3)], [told]))
    assert found.checker == ORDER
    assert "heard, not synced" in found.says


def test_nothing_is_acknowledged_after_a_failed_sync():
    failed = [*written(1), synced(3), synced(5, failed=True)]
    assert says(failed, line=9)
    assert not says(failed, line=4)


def test_what_was_told_has_to_be_found():
    told = [Acknowledged(1, "m", "c", 1), Told(2, "c", 1, "message_posted", "m")]
    whole = Found({"m": ("c", 1)}, {("c", 1): "message_posted"})
    assert not list(check_told(told, whole))
    assert [it.checker for it in check_told(told, Found({}, {}))] == [IMAGE, IMAGE]
    moved = Found({"m": ("c", 2)}, {("c", 1): "message_deleted"})
    assert len(list(check_told(told, moved))) == 2
