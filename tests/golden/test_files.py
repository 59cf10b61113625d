"""The golden files say what the service says: `python -m tests.golden` writes them anew."""

import pytest

from tests.golden.files import FOLDER, SCENES, play, to_text


def test_there_is_a_file_for_each_scene():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(SCENES)


@pytest.mark.parametrize("name", SCENES)
async def test_the_service_tells_what_the_file_says(name: str):
    written = (FOLDER / f"{name}.json").read_text("utf-8")
    assert to_text(await play(name)) == written
