"""What a backup says of itself is not believed before it is looked at."""

from pathlib import Path

import pytest

from tertulia.runtime.data import CannotStart
from tertulia.runtime.manifest import (
    FORMAT,
    NAME,
    FileFacts,
    Manifest,
    read_manifest,
    write_manifest,
)
from tests.support.clock import StoppedClock

FACTS = FileFacts(bytes=0, sha256="")


def manifest(**files: FileFacts) -> Manifest:
    return Manifest(
        format=FORMAT,
        product="1",
        created_at=StoppedClock().now(),
        revisions={},
        logs={},
        tables={},
        files=files,
    )


@pytest.mark.parametrize("name", ["tertulia.db", "files/ab/.cd", "lock.txt", "files/lock", "a..b"])
def test_a_name_of_what_is_kept_is_read_as_it_was_written(tmp_path, name):
    written = manifest(**{name: FACTS})
    write_manifest(tmp_path, written)
    assert read_manifest(tmp_path) == written


@pytest.mark.parametrize(
    "name",
    [
        "../outside",
        "files/../../outside",
        "/etc/outside",
        "",
        ".",
        "lock",
        "./lock",
        "admin.sock",
        "restoring/tertulia.db",
        "restore.json",
        ".restore.json.part",
        "backups/before/tertulia.db",
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(tmp_path: Path, name):
    written = manifest(harmless=FACTS).model_dump_json().replace("harmless", name)
    (tmp_path / NAME).write_text(written, "utf-8")
    with pytest.raises(CannotStart) as refused:
        read_manifest(tmp_path)
    assert (refused.value.code, refused.value.params["what"]) == ("backup_damaged", NAME)


@pytest.mark.parametrize("where", ["nothing", "file", "."])
def test_where_there_is_none_there_is_no_backup(tmp_path, where):
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart) as refused:
        read_manifest(tmp_path / where)
    assert refused.value.code == "no_backup"


def test_another_format_is_refused_whatever_else_it_holds(tmp_path):
    (tmp_path / NAME).write_text('{"format": 2, "rooms": []}', "utf-8")
    with pytest.raises(CannotStart) as refused:
        read_manifest(tmp_path)
    assert (refused.value.code, refused.value.params["format"]) == ("backup_format", 2)
