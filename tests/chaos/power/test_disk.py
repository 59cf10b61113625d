import random

import pytest

from tertulia.chaos.power.calls import (
    MadeFolder,
    Opened,
    Removed,
    Renamed,
    Synced,
    Truncated,
    Wrote,
)
from tertulia.chaos.power.disk import (
    SECTOR,
    Disk,
    UnknownFile,
    moments,
    read_image,
    write_image,
)

SEEDS = range(200)


def disk_after(*calls, start=None) -> Disk:
    disk = Disk({"file": b"old"} if start is None else start)
    for _, call in moments(calls):
        disk.apply(call)
    return disk


def images(disk: Disk) -> list:
    return [disk.cut(random.Random(seed)) for seed in SEEDS]


def contents(disk: Disk, name: str = "file") -> set:
    return {image.get(name) for image in images(disk)}


def wrote(line: int, data: bytes, offset: int = 0, path: str = "file") -> Wrote:
    return Wrote(line, line, path, offset, data)


def synced(line: int, path: str = "file", *, failed: bool = False) -> Synced:
    return Synced(line, line, path, failed)


def test_what_was_synced_is_there():
    assert contents(disk_after(wrote(1, b"new"), synced(2))) == {b"new"}


def test_what_was_not_may_be_there_or_not():
    assert contents(disk_after(wrote(1, b"new"))) == {b"old", b"new"}


def test_of_several_writes_any_may_be_missing():
    disk = disk_after(wrote(1, b"N", 0), wrote(2, b"E", 1))
    assert contents(disk) == {b"old", b"Nld", b"oEd", b"NEd"}


def test_a_hole_reads_as_zeros():
    disk = disk_after(wrote(1, b"a", 3), wrote(2, b"b", 5))
    assert contents(disk) == {b"old", b"olda", b"old\0\0b", b"olda\0b"}


def test_a_truncation_may_be_missing_too():
    disk = disk_after(Truncated(1, 1, "file", 1))
    assert contents(disk) == {b"old", b"o"}
    assert contents(disk_after(Truncated(1, 1, "file", 5), synced(2))) == {b"old\0\0"}


def test_the_last_write_may_be_torn_between_sectors():
    new = b"n" * SECTOR * 2
    found = contents(disk_after(wrote(1, new, 100), start={"file": b"o" * (SECTOR * 3)}))
    changed = {image.count(b"n") for image in found}
    assert {0, SECTOR - 100, SECTOR * 2 - 100, SECTOR, 100} & changed
    assert {image.rfind(b"n") + 1 for image in found} <= {
        0,
        SECTOR,
        SECTOR * 2,
        SECTOR * 2 + 100,
    }
    assert {image.find(b"n") for image in found} <= {-1, 100, SECTOR, SECTOR * 2}


def test_a_sync_covers_what_had_returned_when_it_began():
    late = Wrote(2, 4, "file", 0, b"new")
    assert contents(disk_after(late, Synced(3, 5, "file", failed=False))) == {b"old", b"new"}


def test_a_sync_that_never_returned_covers_nothing():
    disk = disk_after(wrote(1, b"new"), Synced(2, None, "file", failed=False))
    assert contents(disk) == {b"old", b"new"}


def test_what_a_failed_sync_did_not_write_no_later_one_does():
    disk = disk_after(wrote(1, b"new"), synced(2, failed=True), synced(3))
    assert contents(disk) == {b"old"}


def test_a_new_name_is_certain_once_its_folder_is_synced():
    calls = [Opened(1, 1, "new", creates=True, empties=False), wrote(2, b"x", path="new")]
    calls += [synced(3, "new")]
    assert contents(disk_after(*calls), "new") == {None, b"x"}
    assert contents(disk_after(*calls, synced(4, ".")), "new") == {b"x"}


def test_a_removed_name_may_come_back_with_what_it_held():
    assert contents(disk_after(Removed(1, 1, "file"))) == {None, b"old"}
    assert contents(disk_after(Removed(1, 1, "file"), synced(2, "."))) == {None}


def test_a_rename_happens_or_does_not():
    found = {tuple(image) for image in images(disk_after(Renamed(1, 1, "file", "name")))}
    assert found == {("file",), ("name",)}


def test_what_is_in_a_lost_folder_is_lost():
    calls = [MadeFolder(1, 1, "data"), Opened(2, 2, "data/db", creates=True, empties=False)]
    calls += [wrote(3, b"x", path="data/db"), synced(4, "data/db"), synced(5, "data")]
    assert contents(disk_after(*calls), "data/db") == {None, b"x"}
    assert contents(disk_after(*calls, synced(6, ".")), "data/db") == {b"x"}


def test_shared_memory_does_not_outlive_the_power():
    disk = disk_after(Opened(1, 1, "db-shm", creates=True, empties=False), synced(2, "."))
    assert contents(disk, "db-shm") == {None}


def test_the_same_seed_cuts_the_same():
    disk = disk_after(*(wrote(n, bytes([n]) * 3000, 700 * n) for n in range(1, 20)))
    assert images(disk) == images(disk)


def test_a_file_that_nobody_opened_is_a_defect_of_the_record():
    with pytest.raises(UnknownFile):
        disk_after(wrote(1, b"x", path="what"))


def test_an_image_is_a_folder_and_a_folder_an_image(tmp_path):
    image = {"data": None, "data/db": b"x"}
    write_image(image, tmp_path)
    assert read_image(tmp_path) == image
