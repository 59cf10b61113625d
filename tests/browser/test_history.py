"""Reading what was said long ago: nothing moves under one's eyes."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.person import Person

MESSAGES = 330
MOST_ROWS = 250

SCROLL_UP = """(log) => {
  const box = log.parentElement;
  box.scrollBy(0, -box.clientHeight * 0.8);
  const middle = box.getBoundingClientRect().top + box.clientHeight / 2;
  const rows = [...log.querySelectorAll('[role=article]')];
  return rows.find((row) => row.getBoundingClientRect().bottom > middle).getAttribute('aria-label');
}"""
LOADED = """(log) => {
  const box = log.parentElement;
  return box.scrollTop > box.clientHeight || log.querySelector('[data-key=start]') !== null;
}"""
TO_THE_TOP = "(log) => log.parentElement.scrollTo(0, 0)"


@pytest.fixture(scope="module")
def archive(house: House) -> Any:
    """A channel with a long past, and what was said in it, by its words."""
    channel = house.channel("bruno", name="archivo")
    lengths = (0, 3, 25, 0, 9)
    said = {}
    for number in range(1, MESSAGES + 1):
        words = "palabra " * lengths[number % len(lengths)]
        text = f"Nota {number} {words}".strip()
        said[number] = house.say("bruno" if number % 7 else "ana", text, channel)
    path = f"/conversations/{channel['id']}/read"
    for name in ("ana", "bruno"):
        house.call(name, "PUT", path, seq=said[MESSAGES]["seq"])
    return {**channel, "said": said}


def place_of(person: Person, label: str) -> float:
    box = person.log.get_by_role("article", name=label, exact=True).bounding_box()
    assert box, f"{label} is not on the page"
    return box["y"]


def test_older_pages_move_nothing(house: House, enter: Enter, archive: Any) -> None:
    ana = enter("ana")
    ana.opens(archive["name"])
    last = ana.log.get_by_role("article").last
    expect(last).to_be_in_viewport()

    for _ in range(150):
        label = ana.log.evaluate(SCROLL_UP)
        before = place_of(ana, label)
        ana.page.wait_for_function(LOADED, arg=ana.log.element_handle())
        assert abs(place_of(ana, label) - before) <= 1, f"{label} moved"
        assert ana.log.get_by_role("article").count() <= MOST_ROWS
        if ana.log.locator("[data-key=start]").count():
            break
    ana.log.evaluate(TO_THE_TOP)
    start = ana.words("timeline.start_title", name=archive["name"])
    expect(ana.log.get_by_role("heading", name=start)).to_be_in_viewport()
    expect(ana.message("Nota 1 palabra palabra palabra").row).to_be_visible()

    # What is said meanwhile waits at the end.
    label = ana.log.get_by_role("article").nth(2).get_attribute("aria-label") or ""
    before = place_of(ana, label)
    house.say("bruno", "¿Sigues ahí?", archive)
    pill = ana.main.get_by_role("button", name=ana.words("timeline.fresh", count=1))
    expect(pill).to_be_visible()
    assert abs(place_of(ana, label) - before) <= 1
    pill.click()
    expect(ana.message("¿Sigues ahí?").row).to_be_in_viewport()
    expect(pill).to_have_count(0)


def test_a_link_to_a_message(house: House, enter: Enter, archive: Any) -> None:
    ana = enter("ana")
    ana.opens("general")
    message = archive["said"][40]
    ana.goes(f"{house.path(archive)}/m/{message['id']}")
    row = ana.message(message["text"]).row
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()
    ana.page.reload()
    expect(row).to_be_focused()
    expect(row).to_be_in_viewport()

    # From there one reads on in both directions.
    ana.log.evaluate(TO_THE_TOP)
    expect(ana.message("Nota 1 palabra palabra palabra").row).to_have_count(1)
    ana.main.get_by_role("button", name=ana.words("timeline.to_latest")).click()
    expect(ana.message(archive["said"][MESSAGES]["text"]).row).to_be_in_viewport()

    # Back undoes navigation.
    ana.page.go_back()
    expect(ana.main.get_by_role("heading", level=1)).to_have_text("general")
    ana.page.go_forward()
    expect(row).to_be_in_viewport()


def test_one_comes_back_to_where_one_was(house: House, enter: Enter, archive: Any) -> None:
    ana = enter("ana")
    ana.opens(archive["name"])
    expect(ana.log.get_by_role("article").last).to_be_in_viewport()
    label = ana.log.evaluate(SCROLL_UP)
    ana.page.wait_for_function(LOADED, arg=ana.log.element_handle())
    before = place_of(ana, label)
    ana.opens("plaza")
    ana.opens(archive["name"])
    expect(ana.log.get_by_role("article", name=label, exact=True)).to_be_in_viewport()
    assert abs(place_of(ana, label) - before) <= 1
