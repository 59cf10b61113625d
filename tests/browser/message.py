"""A message before one's eyes, and what one does with it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import Locator, expect

if TYPE_CHECKING:
    from tests.browser.person import Person


class Message:
    """A row of a log."""

    def __init__(self, reader: Person, row: Locator) -> None:
        self.reader = reader
        self.row = row

    def opens_menu(self) -> None:
        """By the tools under the pointer, or by a long press, which presses nothing else."""
        reader = self.reader
        menu = reader.page.get_by_role("menu", name=reader.words("timeline.actions"))
        if reader.phone:
            self._press_long(until=menu)
        else:
            self.tool("timeline.more").click()
        expect(menu).to_be_visible()

    def does(self, key: str) -> None:
        """Take a line of its menu."""
        self.opens_menu()
        self.reader.item(key).click()

    def tool(self, key: str, **values: str | int) -> Locator:
        """A button of the tools that float over it."""
        self.row.hover()
        tools = self.row.get_by_role("toolbar", name=self.reader.words("timeline.tools"))
        return tools.get_by_role("button", name=self.reader.words(key, **values), exact=True)

    def reacts(self, emoji: str) -> None:
        """With one of the emoji used most."""
        reader = self.reader
        if not reader.phone:
            return self.tool("timeline.react_with", emoji=emoji).click()
        self.does("timeline.react")
        picker = reader.page.get_by_role("dialog", name=reader.words("emoji.picker"))
        return picker.get_by_text(emoji, exact=True).first.click()

    def reaction(self, emoji: str, count: int) -> Locator:
        """The button that counts who reacted with an emoji."""
        return self.row.get_by_role("button", name=re.compile(f"^{emoji} {count}:"))

    def edits(self, text: str) -> None:
        """Give it another text."""
        self.does("timeline.edit")
        self.reader.writes(text)
        self.reader.sends()

    def _press_long(self, *, until: Locator) -> None:
        page = self.reader.page
        self.row.scroll_into_view_if_needed()
        box = self.row.bounding_box()
        assert box
        point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        finger = page.context.new_cdp_session(page)
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
        expect(until).to_be_visible()
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        finger.detach()
