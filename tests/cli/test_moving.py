"""`tertulia move` on the command line."""

import asyncio
import json
import subprocess
import sys

import pytest

from tertulia.runtime.data import DataFolder
from tertulia.runtime.fsck import check
from tests.runtime.busy_data import fill
from tests.support.databases import a_database


def tertulia(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "tertulia", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.split
def test_there_back_and_undone(tmp_path):
    data, home = tmp_path / "data", tmp_path / "home"
    asyncio.run(fill(data))
    with a_database("by_hand") as url:
        there = tertulia("move", "--to", url, "--data", data)
        assert there.returncode == 0, there.stderr
        assert url not in there.stdout
        (receipt,) = (data / "moves").iterdir()
        tables = json.loads(receipt.read_text("utf-8"))["tables"]
        for name, facts in tables.items():
            assert f"{name}  {facts['rows']}  {facts['sha256']}" in there.stdout
        back = tertulia("move", "--from", url, "--to", home, "--data", data)
        assert back.returncode == 0, back.stderr
        again = tertulia("move", "--to", url, "--data", data)
        assert (again.returncode, "has moved elsewhere" in again.stderr) == (1, True)
    assert check(home).clean
    assert tertulia("move", "--undo", "--data", data).returncode == 0
    assert check(DataFolder(data).path).clean


@pytest.mark.parametrize("arguments", [[], ["--to", "elsewhere", "--undo"]])
def test_it_is_told_one_thing_to_do(tmp_path, arguments):
    done = tertulia("move", *arguments, "--data", tmp_path)
    assert done.returncode == 2
    assert "--undo" in done.stderr
