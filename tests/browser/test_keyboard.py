"""Everything with the keyboard alone."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Enter
from tests.browser.house import NAMES, House, password_of
from tests.browser.person import Person

FOCUSED = "(element) => element === document.activeElement"
MOST_STEPS = 60


def step_to(person: Person, target: Locator, key: str = "Tab") -> None:
    """Press a key until something has the focus."""
    expect(target).to_be_visible()
    for _ in range(MOST_STEPS):
        if target.evaluate(FOCUSED):
            return
        person.page.keyboard.press(key)
    raise AssertionError(f"{key} does not lead to {target}")


def test_a_whole_visit(house: House, stranger: Enter) -> None:
    channel = house.channel("ines")
    ines = stranger(NAMES["ines"], phone=False)
    house.call("ines", "PATCH", "/users/me", language=ines.device.language)
    keyboard = ines.page.keyboard

    # In.
    ines.goes("/")
    step_to(ines, ines.field("door.login"))
    keyboard.type("ines")
    keyboard.press("Tab")
    keyboard.type(password_of("ines"))
    keyboard.press("Enter")

    # To a conversation, and to its composer.
    step_to(ines, ines.row(channel["name"]))
    keyboard.press("Enter")
    ines.is_in(channel["name"])
    expect(ines.box()).to_be_focused()
    keyboard.type("Sin ratón")
    keyboard.press("Enter")
    ines.sees("Sin ratón")

    # To the message: a reaction.
    row = ines.message("Sin ratón").row
    step_to(ines, row, "Shift+Tab")
    keyboard.press("+")
    picker = ines.page.get_by_role("dialog", name=ines.words("emoji.picker"))
    expect(picker.get_by_role("searchbox")).to_be_focused()
    expect(picker.get_by_text("👍", exact=True).first).to_be_visible()
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(ines.message("Sin ratón").reaction("👍", 1)).to_be_visible()
    expect(row).to_be_focused()

    # A reply in its thread, and back.
    keyboard.press("t")
    expect(ines.box(ines.thread)).to_be_focused()
    keyboard.type("Ni falta que hace")
    keyboard.press("Enter")
    ines.sees("Ni falta que hace", in_=ines.thread)
    keyboard.press("Escape")
    keyboard.press("Escape")
    expect(ines.thread).to_have_count(0)
    expect(row).to_be_focused()

    # Through the messages, from region to region, from conversation to conversation.
    house.say("ana", "¿Y cómo lo haces?", channel)
    answer = ines.message("¿Y cómo lo haces?").row
    expect(answer).to_be_visible()
    keyboard.press("ArrowDown")
    expect(answer).to_be_focused()
    keyboard.press("Home")
    expect(row).to_be_focused()
    step_to(ines, ines.row(channel["name"]), "F6")
    keyboard.press("Alt+ArrowDown")
    expect(ines.main.get_by_role("heading", level=1)).not_to_have_text(channel["name"])
    keyboard.press("Alt+ArrowUp")
    ines.is_in(channel["name"])

    # The settings, in the other language.
    me = ines.words("frame.me_as", name="Inés Peña", presence=ines.words("presence.online"))
    step_to(ines, ines.page.get_by_role("button", name=me))
    keyboard.press("Enter")
    step_to(ines, ines.item("settings.title"), "ArrowDown")
    keyboard.press("Enter")
    step_to(ines, ines.page.get_by_role("link", name=ines.words("settings.look")))
    keyboard.press("Enter")
    languages = ines.main.get_by_role("group", name=ines.words("settings.language"))
    step_to(ines, languages.get_by_role("radio", checked=True))
    keyboard.press("ArrowRight" if ines.device.language == "es" else "ArrowLeft")
    ines.speaks("en" if ines.device.language == "es" else "es")
    expect(ines.main.get_by_role("heading", level=1)).to_have_text(ines.words("settings.title"))
    expect(ines.page.locator("html")).to_have_attribute("lang", ines.words.language)

    # And out.
    me = ines.words("frame.me_as", name="Inés Peña", presence=ines.words("presence.online"))
    step_to(ines, ines.page.get_by_role("button", name=me))
    keyboard.press("Enter")
    step_to(ines, ines.item("frame.sign_out"), "ArrowDown")
    keyboard.press("Enter")
    expect(ines.field("door.login")).to_be_visible()


def test_the_way_in_and_the_list_of_keys(house: House, enter: Enter) -> None:
    ana = enter("ana", phone=False)
    ana.opens("general")
    ana.page.reload()
    ana.is_in("general")

    # The first stops lead past everything to the messages and to the composer.
    ana.page.evaluate("document.activeElement.blur()")
    step_to(ana, ana.button("frame.skip_composer"))
    ana.page.keyboard.press("Enter")
    expect(ana.box()).to_be_focused()

    # A question mark is a question mark there, and the list of keys elsewhere.
    ana.page.keyboard.press("?")
    expect(ana.box()).to_have_value("?")
    ana.page.keyboard.press("Backspace")
    ana.page.keyboard.press("Escape")
    ana.page.keyboard.press("?")
    expect(ana.dialog.get_by_role("heading", name=ana.words("keys.title"))).to_be_visible()
    ana.page.keyboard.press("Escape")
    expect(ana.dialog).to_have_count(0)
