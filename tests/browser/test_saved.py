"""What one saves to find again: marked where it stands, listed with the drafts, and nobody else's business."""

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.looks import barriers, misfits
from tests.browser.person import Person


def opens_saved(person: Person) -> None:
    """Go to the drafts and saved messages, by what stands on the screen."""
    person.shows_list()
    if person.phone:
        person.page.get_by_role("link", name=person.words("list.tab_you")).click()
    person.page.get_by_role("link", name=person.words("saved.title"), exact=True).click()
    expect(person.main.get_by_role("heading", level=1)).to_have_text(person.words("saved.title"))


def kept(person: Person) -> Locator:
    """What is listed there: drafts, then saved messages."""
    return person.main.get_by_role("listitem")


def test_saved_messages(house: House, enter: Enter) -> None:
    channel = house.channel("bruno")
    for text in ("El código de la alarma", "La lista del horno"):
        house.say("bruno", text, channel)
    ana, elsewhere, bruno = enter("ana"), enter("ana"), enter("bruno")
    for person in (ana, elsewhere, bruno):
        person.opens(channel["name"])

    # Nothing yet: it says what will be there.
    opens_saved(elsewhere)
    expect(elsewhere.main).to_contain_text(elsewhere.words("saved.nothing_text"))
    assert not barriers(elsewhere.page)
    assert not misfits(elsewhere.page, elsewhere.words)

    # It is marked for her, on both devices, and for nobody else.
    ana.message("El código de la alarma").does("saved.save")
    ana.message("La lista del horno").does("saved.save")
    for text in ("El código de la alarma", "La lista del horno"):
        mark = ana.message(text).row.get_by_title(ana.words("saved.mark"))
        expect(mark).to_have_count(1)
        assert bruno.message(text).row.get_by_title(bruno.words("saved.mark")).count() == 0
    expect(kept(elsewhere)).to_have_count(2)
    expect(kept(elsewhere).first).to_contain_text("La lista del horno")
    assert not barriers(elsewhere.page)
    assert not misfits(elsewhere.page, elsewhere.words)

    # From there one comes back to it.
    kept(elsewhere).last.get_by_role("link").click()
    expect(elsewhere.message("El código de la alarma").row).to_be_focused()

    # With the drafts beside, and both can be put away.
    ana.writes("Apunto que")
    opens_saved(ana)
    expect(kept(ana)).to_have_count(3)
    expect(kept(ana).first).to_contain_text("Apunto que")
    assert not barriers(ana.page)
    ana.button("saved.discard").click()
    expect(kept(ana)).to_have_count(2)
    ana.toast.get_by_role("button", name=ana.words("notices.undo")).click()
    expect(kept(ana)).to_have_count(3)
    ana.button("saved.unsave").first.click()
    expect(kept(ana)).to_have_count(2)
    expect(
        elsewhere.message("La lista del horno").row.get_by_title(elsewhere.words("saved.mark"))
    ).to_have_count(0)

    # Out of the conversation nothing of it is shown.
    member = f"/conversations/{channel['id']}/members/{house.accounts['bruno'].id}"
    bruno.message("La lista del horno").does("saved.save")
    expect(
        bruno.message("La lista del horno").row.get_by_title(bruno.words("saved.mark"))
    ).to_have_count(1)
    house.call("ana", "DELETE", member)
    bruno.goes("/saved")
    expect(kept(bruno)).to_have_text([bruno.words("saved.gone")])
    assert not misfits(bruno.page, bruno.words)
    bruno.button("saved.unsave").click()
    expect(bruno.main).to_contain_text(bruno.words("saved.nothing"))
