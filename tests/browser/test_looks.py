"""Every main screen, in both sizes: without barriers in light and dark, and with room for its words."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.looks import barriers, misfits
from tests.browser.person import Person

CODE = """Así:

```python
def sumar(a: int, b: int) -> int:
    return a + b  # y una línea muy, muy larga, que no cabe en ningún teléfono por mucho que se quiera
```

| pieza | precio |
|---|---|
| cuenco | 12 € |

> Una cita, **negrita**, _cursiva_, `código` y ||un secreto||"""


NARROWEST = 320
SIZES = pytest.mark.parametrize("size", ["desktop", "phone", "narrow"])


@pytest.fixture(scope="module")
def table(house: House) -> Any:
    """A conversation in which a little of everything was said."""
    channel = house.channel("ines", "bruno", name="otoño", topic="La feria de otoño")
    first = house.say("bruno", "¿Quién trae la furgoneta?", channel)
    house.call("ana", "PUT", f"/messages/{first['id']}/reactions/👍")
    house.call("ines", "PUT", f"/messages/{first['id']}/reactions/👍")
    house.call("ines", "PUT", f"/messages/{first['id']}/saved")
    house.say("ana", "Yo", channel, thread_id=first["id"])
    house.say("ines", "Pues eso", channel, reply_to=first["id"])
    house.say("ines", CODE, channel)
    edited = house.say("ana", "A las ocoh, @ines", channel)
    house.call("ana", "PATCH", f"/messages/{edited['id']}", text="A las ocho, @ines")
    house.call("ana", "PUT", f"/messages/{edited['id']}/pin")
    gone = house.say("bruno", "Nada", channel)
    house.call("bruno", "DELETE", f"/messages/{gone['id']}")
    house.say("bruno", "https://example.org/" + "camino/" * 20, channel)
    return channel


def outside(person: Person, house: House) -> Iterator[str]:
    """The screens before the door."""
    invite = house.call("ana", "POST", "/invites", space_id=house.space)
    person.goes("/")
    expect(person.field("door.login")).to_be_visible()
    yield "sign-in"
    person.goes(f"/join/{invite['code']}")
    expect(person.field("door.name")).to_be_visible()
    yield "join"
    person.goes("/join/no-such-code")
    with person.witness.refused(404):
        expect(person.main.get_by_role("heading", level=1)).to_be_visible()
    yield "join, ended"


def inside(person: Person, house: House, table: Any) -> Iterator[str]:
    """The screens of the conversation and of what lies over it."""
    page = person.page
    person.shows_list()
    expect(person.row(table["name"])).to_be_visible()
    yield "list"
    person.opens(table["name"])
    person.sees("Pues eso")
    yield "conversation"
    person.message("Pues eso").opens_menu()
    yield "menu of a message"
    page.keyboard.press("Escape")
    person.log.get_by_role("link", name=person.words("timeline.replies", count=1)).click()
    person.sees("Yo", in_=person.thread)
    yield "thread"
    person.closes_panel()
    person.shows_people()
    expect(person.panel.get_by_role("listitem").first).to_be_visible()
    yield "people"
    person.closes_panel()
    person.shows_details()
    yield "details"
    person.closes_panel()
    person.button("composer.emoji").click()
    picker = page.get_by_role("dialog", name=person.words("emoji.picker"))
    expect(picker.get_by_text("👍", exact=True).first).to_be_visible()
    yield "emoji"
    page.keyboard.press("Escape")
    box = person.opens_palette()
    expect(person.dialog.get_by_role("option").first).to_be_visible()
    yield "palette"
    box.fill("br")
    expect(person.offered("Bruno Sáez")).to_be_visible()
    yield "palette, asked"
    page.keyboard.press("Escape")
    expect(person.dialog).to_have_count(0)
    person.opens(table["name"])
    person.writes("@")
    expect(person.suggestions.get_by_role("option").first).to_be_visible()
    yield "suggestions"
    person.writes("")
    person.opens("general")
    yield "start of a conversation"
    # Not where the page may still be putting its own draft away.
    begun = "Y luego " + "a casa " * 30
    house.call("ines", "PUT", f"/conversations/{house.general}/draft", text=begun)
    person.goes("/saved")
    for words in ("¿Quién trae la furgoneta?", "Y luego"):
        expect(person.main.get_by_role("listitem").get_by_text(words)).to_be_visible()
    yield "drafts and saved messages"
    house.say("bruno", "¿Y @ines?", table)
    person.goes("/catch-up")
    expect(person.main.get_by_role("article").get_by_text("¿Y @ines?")).to_be_visible()
    yield "catch up"
    person.button("catch_up.read_all").click()
    expect(person.main.get_by_text(person.words("list.caught_up"))).to_be_visible()
    yield "caught up"
    person.goes(f"/s/{house.space}/c/{house.space}")
    expect(person.main.get_by_text(person.words("frame.not_here"))).to_be_visible()
    yield "not here"


def dialogs(person: Person) -> Iterator[str]:
    """The dialogs, and the settings."""
    person.goes("/")
    for key in (
        "spaces.invite",
        "spaces.people",
        "channels.browse",
        "channels.create",
        "spaces.settings",
    ):
        person.chooses_of_space(key)
        expect(person.dialog.get_by_role("button").nth(1)).to_be_visible()
        yield f"dialog of {key}"
        person.page.keyboard.press("Escape")
        expect(person.dialog).to_have_count(0)
    person.shows_list()
    person.button("profile.new_message").first.click()
    expect(person.dialog.get_by_role("listitem").first).to_be_visible()
    yield "new message"
    person.page.keyboard.press("Escape")
    for section in ("profile", "look", "devices", "server"):
        person.goes(f"/settings/{section}")
        heading = person.main.get_by_role("heading", name=person.words(f"settings.{section}"))
        expect(heading.first).to_be_visible()
        yield f"settings, {section}"


def look_at(person: Person, screens: Callable[[], Iterator[str]], size: str) -> None:
    """Nothing is wrong with any screen in this size."""
    page = person.page
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if size == "narrow":
        page.set_viewport_size({"width": NARROWEST, "height": 640})
    faults: list[str] = []
    for screen in screens():
        found = misfits(page, person.words)
        if size != "narrow":
            found += barriers(page)
        faults += [f"{screen}: {fault}" for fault in found]
    assert not faults, "\n".join(faults)


@SIZES
def test_before_the_door(house: House, stranger: Enter, size: str) -> None:
    person = stranger("Nadie", language="es", phone=size != "desktop")
    look_at(person, lambda: outside(person, house), size)


@SIZES
def test_at_the_table(house: House, enter: Enter, table: Any, size: str) -> None:
    ines = enter("ines", language="es", phone=size != "desktop")
    look_at(ines, lambda: inside(ines, house, table), size)


@SIZES
def test_over_the_table(house: House, enter: Enter, size: str) -> None:
    ana = enter("ana", language="es", phone=size != "desktop")
    look_at(ana, lambda: dialogs(ana), size)
