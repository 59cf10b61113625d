"""Where people talk: channels open and private, people apart, coming and going."""

import re

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Enter
from tests.browser.house import House
from tests.browser.person import Person


def make_channel(person: Person, name: str, visibility: str, topic: str = "") -> None:
    """From the menu of the space."""
    person.chooses_of_space("channels.create")
    person.field("channels.name").fill(name)
    person.field("channels.topic").fill(topic)
    choice = re.compile(f"^{person.words(f'channels.{visibility}')}")
    person.dialog.get_by_role("radio", name=choice).check()
    person.dialog.get_by_role("button", name=person.words("channels.create")).click()
    person.is_in(name)


def browse(person: Person) -> Locator:
    """The dialog with the channels of the space."""
    person.shows_list()
    person.chooses_of_space("channels.browse")
    expect(person.dialog.get_by_role("listitem").first).to_be_visible()
    return person.dialog


def pick(person: Person, *names: str) -> None:
    """Choose people in the dialog that is open."""
    for name in names:
        person.dialog.get_by_role("textbox").first.fill(name)
        person.dialog.get_by_role("button", name=re.compile(f"^{name}")).click()


def test_a_channel_is_made_found_and_joined(enter: Enter, house: House) -> None:
    ana, bruno, zoe = enter("ana"), enter("bruno"), enter("zoe")
    make_channel(ana, "hornos", "public", topic="De leña y de gas")
    ana.says("Se abre el horno")

    # Bruno finds it, joins it from the list of channels, and goes in.
    dialog = browse(bruno)
    dialog.get_by_role("searchbox").fill("HÓRN")
    dialog.get_by_role("button", name=bruno.words("channels.join_name", name="hornos")).click()
    expect(dialog.get_by_text(bruno.words("channels.inside"))).to_be_visible()
    dialog.get_by_role("link", name=re.compile("^hornos")).click()
    bruno.is_in("hornos")
    bruno.sees("Se abre el horno")
    joined = ana.log.get_by_text(ana.words("system.joined", actor="Bruno Sáez"))
    expect(joined).to_be_visible()

    # Zoe looks in first.
    browse(zoe).get_by_role("link", name=re.compile("^hornos")).click()
    zoe.is_in("hornos")
    zoe.sees("Se abre el horno")
    expect(zoe.main.get_by_text(zoe.words("composer.reading", name="hornos"))).to_be_visible()
    zoe.button("channels.join").click()
    zoe.says("¿De leña?")
    ana.sees("¿De leña?")
    bruno.sees("¿De leña?")


def test_a_private_channel_is_for_its_people(enter: Enter, house: House) -> None:
    ana, bruno = enter("ana"), enter("bruno")
    make_channel(ana, "sorpresa", "private")
    ana.says("Que no se entere Bruno")
    address = ana.page.url

    # Nobody else finds it, nor opens it by its address.
    dialog = browse(bruno)
    dialog.get_by_role("searchbox").fill("sorpresa")
    expect(dialog.get_by_text(bruno.words("channels.none_found"))).to_be_visible()
    bruno.goes(address)
    expect(bruno.main.get_by_text(bruno.words("frame.not_here"))).to_be_visible()

    # Who is added reads all of it, at once.
    bruno.goes("/")
    expect(bruno.row("plaza")).to_be_visible()
    expect(bruno.row("sorpresa")).to_have_count(0)
    ana.chooses("profile.add")
    pick(ana, "Bruno Sáez")
    ana.button("profile.add_count", count=1).click()
    expect(ana.dialog).to_have_count(0)
    bruno.opens("sorpresa")
    bruno.sees("Que no se entere Bruno")

    # Who is removed loses it, at once.
    ana.shows_people()
    ana.button("people_panel.actions", name="Bruno Sáez").click()
    ana.item("people_panel.remove").click()
    ana.page.get_by_role("alertdialog").get_by_role(
        "button", name=ana.words("people_panel.remove")
    ).click()
    expect(bruno.main.get_by_text(bruno.words("frame.not_here"))).to_be_visible()
    bruno.goes("/")
    expect(bruno.row("plaza")).to_be_visible()
    expect(bruno.row("sorpresa")).to_have_count(0)


def test_people_apart(enter: Enter, house: House) -> None:
    ana, ines, bruno = enter("ana"), enter("ines"), enter("bruno")
    for person in (ines, bruno):
        expect(person.row("plaza")).to_be_visible()

    # Two.
    ana.shows_list()
    ana.button("profile.new_message").first.click()
    pick(ana, "Inés Peña")
    ana.button("profile.begin").click()
    ana.is_in("Inés Peña")
    ana.says("Entre nosotras")
    ines.shows_list()
    ines.row("Ana Lago", ines.words("list.unread", count=1)).click()
    ines.is_in("Ana Lago")
    ines.sees("Entre nosotras")
    ines.says("Dime")
    ana.sees("Dime")

    # Three.
    ana.shows_list()
    ana.button("profile.new_message").first.click()
    pick(ana, "Inés Peña", "Bruno Sáez")
    ana.field("profile.group_name").fill("Barnices")
    ana.button("profile.begin_group").click()
    ana.is_in("Barnices")
    ana.says("¿Mate o brillo?")
    for person in (ines, bruno):
        person.opens("Barnices")
        person.sees("¿Mate o brillo?")
    bruno.says("Mate")
    ines.sees("Mate")
    expect(ines.row("Bruno Sáez")).to_have_count(0)


def test_channels_change_and_end(enter: Enter, house: House) -> None:
    channel = house.channel("bruno", "ines", name="feria", visibility="public")
    ana, bruno, ines = enter("ana"), enter("bruno"), enter("ines")
    for person in (ana, bruno, ines):
        person.opens(channel["name"])

    # Another name and topic.
    ana.chooses("conversation.edit")
    ana.field("channels.name").fill("feria-de-otoño")
    ana.field("channels.topic").fill("El 12 en la plaza")
    ana.button("frame.save").click()
    for person in (bruno, ines):
        heading = person.main.get_by_role("heading", level=1)
        expect(heading).to_have_text("feria-de-otoño")
        changed = person.words("system.topic_changed", actor="Ana Lago", topic="El 12 en la plaza")
        expect(person.log.get_by_text(changed)).to_be_visible()

    # Inés leaves.
    ines.chooses("conversation.leave")
    leave = ines.page.get_by_role("alertdialog")
    leave.get_by_role("button", name=ines.words("conversation.leave")).click()
    expect(leave).to_have_count(0)
    ines.shows_list()
    expect(ines.row("feria-de-otoño")).to_have_count(0)
    expect(bruno.log.get_by_text(bruno.words("system.left", actor="Inés Peña"))).to_be_visible()

    # Ana archives it, and brings it back.
    bruno.says("Última palabra")
    ana.sees("Última palabra")
    ana.chooses("channels.archive")
    archive = ana.page.get_by_role("alertdialog")
    archive.get_by_role("button", name=ana.words("channels.archive"), exact=True).click()
    for person in (ana, bruno):
        expect(person.main.get_by_text(person.words("composer.archived"))).to_be_visible()
        expect(person.box()).to_have_count(0)
        person.sees("Última palabra")
    ana.button("channels.restore").click()
    bruno.says("O no")
    ana.sees("O no")
