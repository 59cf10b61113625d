"""From nothing to a conversation of two, and through the death of the server."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.looks import barriers, misfits
from tests.browser.person import Person
from tests.support.server import SETUP_CODE, Server

pytestmark = pytest.mark.timeout(240)

SPACE = "Barro y Sal"
PASSWORD = "una buena taza de té"


def set_up(ana: Person) -> str:
    """Three steps; the invite link of the third."""
    ana.goes(f"/setup?code={SETUP_CODE}")
    ana.page.emulate_media(reduced_motion="reduce")
    ana.field("door.organization").fill(SPACE)
    ana.field("door.name").fill(ana.name)
    expect(ana.field("door.username")).to_have_value("ana.lago")
    ana.page.get_by_label(ana.words("door.password"), exact=True).fill(PASSWORD)
    is_well_made(ana)
    ana.button("door.continue").click()

    expect(ana.field("spaces.name")).to_have_value(SPACE)
    if not ana.phone:
        expect(ana.field("spaces.name")).to_be_focused()
    ana.page.get_by_role("radio", name=re.compile(f"^{ana.words('spaces.kind_team')}")).check()
    is_well_made(ana)
    ana.button("door.continue").click()

    link = ana.field("spaces.invite_link").input_value()
    is_well_made(ana)
    ana.button("door.open_channel", name="general").click()
    return link


def is_well_made(person: Person) -> None:
    """The screen has no barriers, and room for its words."""
    faults = barriers(person.page) + misfits(person.page, person.words)
    assert not faults, "\n".join(faults)


def join(bruno: Person, link: str) -> None:
    """By an invite link, with a new account."""
    bruno.goes(link)
    expect(bruno.page.get_by_role("heading", level=1)).to_have_text(
        bruno.words("door.invited", space=SPACE)
    )
    bruno.field("door.name").fill(bruno.name)
    bruno.page.get_by_label(bruno.words("door.password"), exact=True).fill(PASSWORD)
    bruno.button("door.join").click()
    bruno.opens("general")


def test_two_people_and_a_server_that_dies(stranger: Enter, server: Server) -> None:
    ana, bruno = stranger("Ana Lago"), stranger("Bruno Sáez")
    join(bruno, set_up(ana))
    everything: list[str] = []

    def says(person: Person, text: str) -> None:
        person.says(text)
        everything.append(text)
        for reader in (ana, bruno):
            reader.sees(text)

    # They talk, and see each other write.
    says(ana, "¿Hay sitio?")
    bruno.writes("Siempre")
    expect(ana.main.get_by_text(ana.words("composer.writing_one", a="Bruno"))).to_be_visible()
    says(bruno, "Siempre hay sitio")
    expect(ana.main.get_by_text(ana.words("composer.writing_one", a="Bruno"))).to_be_hidden()

    # They react.
    ana.message("Siempre hay sitio").reacts("👍")
    expect(bruno.message("Siempre hay sitio").reaction("👍", 1)).to_be_visible()
    bruno.message("Siempre hay sitio").reaction("👍", 1).click()
    expect(ana.message("Siempre hay sitio").reaction("👍", 2)).to_be_visible()

    # They think better of it: edit, delete, and undo.
    says(ana, "Traigo quesso")
    ana.message("Traigo quesso").edits("Traigo queso")
    expect(bruno.message("Traigo queso").row).to_contain_text(bruno.words("timeline.edited"))
    expect(bruno.message("Traigo quesso").row).to_have_count(0)
    everything[-1] = "Traigo queso"
    says(ana, "Y vino")
    ana.message("Y vino").does("timeline.delete")
    expect(ana.message("Y vino").row).to_have_count(0)
    ana.toast.get_by_role("button", name=ana.words("notices.undo")).click()
    ana.sees("Y vino")
    bruno.sees("Y vino")
    says(ana, "Y cava")
    ana.message("Y cava").does("timeline.delete")

    # What was not read is marked.
    bruno.opens("plaza")
    for text in ("¿Bruno?", "¿Dónde te has metido?"):
        ana.says(text)
        everything.append(text)
    waiting = bruno.words("list.unread", count=2)
    bruno.shows_list()
    expect(bruno.row("general", waiting)).to_be_visible()
    bruno.opens("general")
    line = bruno.log.get_by_role("separator")
    expect(line).to_have_text(bruno.words.like("timeline.new_since"))
    bruno.sees("¿Dónde te has metido?")
    bruno.shows_list()
    expect(bruno.row("general", waiting)).to_have_count(0)
    bruno.opens("general")

    # The deletion went when its undo was over.
    gone = bruno.words("timeline.deleted", name="Ana Lago")
    everything.remove("Y cava")
    expect(bruno.log.get_by_text(gone)).to_have_count(1)

    # The server dies; what is written meanwhile waits.
    for person in (ana, bruno):
        person.marks_page()
    with ana.witness.without_network(), bruno.witness.without_network():
        server.kill()
        for person in (ana, bruno):
            expect(person.banner).to_be_visible()
        ana.says("Esto lo escribo a oscuras")
        everything.append("Esto lo escribo a oscuras")
        expect(ana.unsent(everything[-1], "waiting")).to_be_visible()

        # It comes back on the same data: both pages recover by themselves.
        server.start()
        for person in (ana, bruno):
            expect(person.banner).to_be_hidden(timeout=60_000)
    expect(ana.unsent(everything[-1], "waiting")).to_have_count(0)
    for person in (ana, bruno):
        person.sees(*everything)
        assert person.is_same_page()
    says(bruno, "Se hizo la luz")
    for person in (ana, bruno):
        person.page.reload()
        person.sees(*everything)
        expect(
            person.log.get_by_text(person.words("timeline.deleted", name="Ana Lago"))
        ).to_have_count(1)
