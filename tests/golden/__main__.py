"""`python -m tests.golden`: writes the files of `reducer/` anew from the real service."""

import asyncio

from tests.golden.files import FOLDER, SCENES, play, to_text


async def write() -> None:
    """Write every file, and take away those of no scene."""
    for old in FOLDER.glob("*.json"):
        old.unlink()
    for name in SCENES:
        (FOLDER / f"{name}.json").write_text(to_text(await play(name)), "utf-8")


asyncio.run(write())
