"""One person with two devices: what she began on one goes on on the other, over a killed server, and none is lost."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.looks import barriers, misfits

RECOVERED = 60_000
"""Milliseconds: pages come back at a moment of their own."""


def test_a_draft_goes_from_one_device_to_the_other(house: House, enter: Enter) -> None:
    letters, other = house.channel("bruno", name="cartas"), house.channel("bruno")
    house.say("bruno", "¿Qué les escribimos?", letters)
    desk, pocket, bruno = enter("ana", phone=False), enter("ana", phone=True), enter("bruno")
    desk.opens(other["name"])
    for person in (pocket, bruno):
        person.opens(letters["name"])

    # What she begins on one is on the other; in the list a mark says so.
    pocket.writes("Queridas vecinas")
    expect(desk.row(letters["name"], desk.words("list.draft"))).to_be_visible()
    assert not barriers(desk.page)
    assert not misfits(desk.page, desk.words)
    desk.opens(letters["name"])
    expect(desk.box()).to_have_value("Queridas vecinas")
    desk.writes("Queridas vecinas y")
    expect(pocket.box()).to_have_value("Queridas vecinas y")

    # Both go on while there is no server: both texts stand.
    for device in (desk, pocket, bruno):
        device.marks_page()
    with desk.witness.without_network(), pocket.witness.without_network():
        with bruno.witness.without_network():
            house.server.kill()
            desk.writes("Queridas vecinas y mañana")
            pocket.writes("Queridas vecinas y queridos vecinos")
            house.server.start()
            for device in (desk, pocket, bruno):
                expect(device.banner).to_be_hidden(timeout=RECOVERED)
        for device in (desk, pocket):
            for words in ("Queridas vecinas y mañana", "Queridas vecinas y queridos vecinos"):
                expect(device.box()).to_have_value(re.compile(words), timeout=RECOVERED)
    assert all(device.is_same_page() for device in (desk, pocket, bruno))

    # A thread has its own; a new page has both.
    desk.message("¿Qué les escribimos?").does("timeline.reply_in_thread")
    desk.writes("Yo lo paso a limpio", in_=desk.thread)
    pocket.message("¿Qué les escribimos?").does("timeline.reply_in_thread")
    expect(pocket.box(pocket.thread)).to_have_value("Yo lo paso a limpio")
    pocket.page.reload()
    expect(pocket.box(pocket.thread)).to_have_value("Yo lo paso a limpio")
    desk.closes_panel()
    pocket.closes_panel()

    # Once it is sent from one, it is on neither.
    pocket.writes("Queridas todas y todos")
    expect(desk.box()).to_have_value("Queridas todas y todos")
    desk.sends()
    pocket.sees("Queridas todas y todos")
    expect(pocket.box()).to_have_value("")
    assert house.texts(letters) == ["¿Qué les escribimos?", "Queridas todas y todos"]
