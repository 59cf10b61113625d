"""A bot: answers `!dado` in the plaza with the throw of a die. With `token=…` it has an account."""

import asyncio
import secrets

from tertulia.client import Tertulia


async def main() -> None:
    async with Tertulia("http://127.0.0.1:8000", name="Dado") as bot:
        async for message in bot.listen("#plaza"):
            if message.text == "!dado":
                await bot.send("#plaza", secrets.choice("⚀⚁⚂⚃⚄⚅"), reply_to=message.id)


asyncio.run(main())
