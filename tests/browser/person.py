"""Somebody before a page: what they do there, in the words of their language, by what they see.

ana.opens("general")
ana.says("hola")
bruno.message("hola").reacts("👍")
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import BrowserContext, Locator, expect

from tests.browser.device import Device
from tests.browser.message import Message
from tests.browser.witness import Witness
from tests.browser.words import Language, Words

MILLISECONDS = 20_000
UNSENT = ("sending", "waiting", "waiting_turn", "late", "failed")
expect.set_options(timeout=MILLISECONDS)


class Person:
    """One browser context with one page."""

    def __init__(self, name: str, context: BrowserContext, device: Device) -> None:
        self.name = name
        self.device = device
        self.phone = device.phone
        self.words = Words(device.language)
        self.witness = Witness(context)
        self.context = context
        context.set_default_timeout(MILLISECONDS)
        self.page = context.new_page()

    # ---------- where one is ----------

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    @property
    def conversations(self) -> Locator:
        """The list of conversations."""
        return self.page.get_by_role("navigation", name=self.words("frame.conversations"))

    @property
    def thread(self) -> Locator:
        """The side panel with a thread."""
        return self.page.get_by_role("complementary", name=self.words("panel.thread"))

    @property
    def panel(self) -> Locator:
        """The side panel."""
        return self.page.get_by_role("complementary")

    @property
    def log(self) -> Locator:
        """The messages of the open conversation."""
        return self.main.get_by_role("log")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def suggestions(self) -> Locator:
        """The list over the composer."""
        return self.page.get_by_role("listbox", name=self.words("composer.suggestions"))

    @property
    def banner(self) -> Locator:
        """What says how the line to the server is."""
        keys = ("connecting", "offline", "catching_up")
        words = "|".join(re.escape(self.words(f"banner.{key}")) for key in keys)
        return self.page.get_by_role("status").filter(has_text=re.compile(words))

    @property
    def toast(self) -> Locator:
        return self.page.get_by_role("region", name=self.words("frame.notices"))

    def button(self, key: str, **values: str | int) -> Locator:
        return self.page.get_by_role("button", name=self.words(key, **values), exact=True)

    def field(self, key: str, **values: str | int) -> Locator:
        return self.page.get_by_role("textbox", name=self.words(key, **values), exact=True)

    def item(self, key: str, **values: str | int) -> Locator:
        """A line of an open menu; its keys may stand behind its words."""
        words = re.escape(self.words(key, **values))
        return self.page.get_by_role("menuitem", name=re.compile(f"^{words}"))

    def row(self, name: str, *waiting: str) -> Locator:
        """A row of the list, by its name and what is said to wait in it."""
        words = ".*".join(map(re.escape, waiting))
        name = rf"^{re.escape(name)}(?=$|[\s,]).*{words}"
        return self.conversations.get_by_role("link", name=re.compile(name))

    def speaks(self, language: Language) -> None:
        """From now on the page is in this language."""
        self.words = Words(language)

    # ---------- going about ----------

    def goes(self, path: str) -> None:
        self.page.goto(path)

    def shows_list(self) -> None:
        """Bring the list of conversations to the screen: on a phone, by going back."""
        back = self.button("frame.back").first
        expect(self.conversations.or_(back).first).to_be_visible()
        if not self.conversations.is_visible():
            back.click()
        expect(self.conversations).to_be_visible()

    def opens(self, name: str) -> None:
        """Open a conversation from the list."""
        self.shows_list()
        self.row(name).click()
        self.is_in(name)

    def is_in(self, name: str) -> None:
        """The conversation is open and its messages are there."""
        expect(self.main.get_by_role("heading", level=1, name=name)).to_be_visible()
        expect(self.log).to_be_visible()

    def opens_palette(self) -> Locator:
        """What goes anywhere and does anything: by its key, or from the list; its box."""
        if self.phone:
            self.shows_list()
            self.button("palette.title").click()
        else:
            self.page.keyboard.press("Control+k")
        box = self.dialog.get_by_role("combobox", name=self.words("palette.ask"))
        expect(box).to_be_focused()
        return box

    def offered(self, name: str) -> Locator:
        """A line of the palette, by how it begins."""
        return self.dialog.get_by_role("option", name=re.compile(f"^{re.escape(name)}"))

    def jumps(self, text: str, to: str) -> None:
        """Ask the palette, and take a line of it."""
        self.opens_palette().fill(text)
        self.offered(to).click()
        expect(self.dialog).to_have_count(0)

    def shows_people(self) -> None:
        """Open the panel with the people of the conversation."""
        if self.phone:
            self.chooses("conversation.people_panel")
        else:
            self.page.get_by_title(self.words("conversation.people_panel"), exact=True).click()
        expect(self.panel).to_be_visible()

    def shows_details(self) -> None:
        """Open the panel with the details of the conversation."""
        if self.phone:
            self.chooses("conversation.details")
        else:
            self.button("conversation.details").click()
        expect(self.panel).to_be_visible()

    def closes_panel(self) -> None:
        """Close the side panel."""
        key = "frame.back" if self.phone else "panel.close"
        self.panel.get_by_role("button", name=self.words(key), exact=True).click()
        expect(self.panel).to_have_count(0)

    def chooses(self, key: str) -> None:
        """Open the menu of the conversation and take a line of it."""
        self.button("conversation.menu").click()
        self.item(key).click()

    def chooses_of_space(self, key: str) -> None:
        """Open the menu of the space and take a line of it."""
        self.shows_list()
        self.button("spaces.menu").click()
        self.item(key).click()

    # ---------- talking ----------

    def box(self, place: Locator | None = None) -> Locator:
        """Where one writes, in the conversation or in its thread."""
        return (place or self.main).get_by_role("textbox")

    def writes(self, text: str, *, in_: Locator | None = None) -> None:
        """Put a text into the composer without sending it."""
        self.box(in_).fill(text)

    def says(self, text: str, *, in_: Locator | None = None) -> None:
        """Write and send."""
        self.writes(text, in_=in_)
        self.sends(in_=in_)

    def sends(self, *, in_: Locator | None = None) -> None:
        """Send what stands in the composer: by Enter, or with a finger on the button."""
        if self.phone:
            send = self.words("composer.send")
            (in_ or self.main).get_by_role("button", name=send, exact=True).click()
        else:
            self.box(in_).press("Enter")
        expect(self.box(in_)).to_have_value("")

    def message(self, text: str, *, in_: Locator | None = None) -> Message:
        """A message that was sent, by its words, as they are read out."""
        unsent = "|".join(re.escape(self._unsent("", state)) for state in UNSENT)
        name = re.compile(f"^(?!{unsent}).*: {re.escape(text)}$", re.DOTALL)
        return Message(self, (in_ or self.log).get_by_role("article", name=name))

    def sees(self, *texts: str, in_: Locator | None = None) -> None:
        """Each of these was sent, and stands there exactly once."""
        for text in texts:
            expect(self.message(text, in_=in_).row).to_have_count(1)

    def unsent(self, text: str, state: str) -> Locator:
        """A message of one's own that is `sending`, `waiting` or `failed`."""
        return self.log.get_by_role("article", name=self._unsent(text, state), exact=True)

    def _unsent(self, text: str, state: str) -> str:
        said = self.words(f"timeline.unsent_{state}")
        return self.words("timeline.spoken_unsent", state=said, text=text)

    # ---------- staying ----------

    def reopens(self, path: str) -> None:
        """Close the page, and open the app again in a new one."""
        self.page.close()
        self.page = self.context.new_page()
        self.goes(path)

    def waits_until(self, question: str, arg: Any = None) -> None:
        """Ask the page, by a function that may answer later, until the answer is yes.

        Not `wait_for_function`, which takes any promise for a yes.
        """
        self.page.evaluate(
            f"""async (arg) => {{
              const ask = {question};
              while (!(await ask(arg))) await new Promise((next) => setTimeout(next, 20));
            }}""",
            arg,
        )

    def marks_page(self) -> None:
        """Remember this very page, to know it again."""
        self.page.evaluate("window.__sameAsBefore = true")

    def is_same_page(self) -> bool:
        """Whether it was not reloaded since."""
        return bool(self.page.evaluate("window.__sameAsBefore === true"))

    @contextmanager
    def in_a_tunnel(self) -> Iterator[None]:
        """Without a network, from when the page knows it to when it is back."""
        with self.witness.without_network():
            self.context.set_offline(True)
            expect(self.banner).to_be_visible()
            yield
            self.context.set_offline(False)
            expect(self.banner).to_be_hidden()
