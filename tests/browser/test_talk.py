"""What people do with words: threads, quotes, mentions, drafts, second thoughts, and Markdown."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House

TYPESCRIPT = """Así se suman:

```ts
const sum = (a: number, b: number): number => a + b; // dos
```

Es **fácil**, ~~difícil~~ y `corto`: <https://example.org/suma>
- uno
- dos"""


def test_threads_and_quotes(house: House, enter: Enter) -> None:
    channel = house.channel("bruno")
    house.say("ana", "¿Quién trae la furgoneta?", channel)
    ana, bruno = enter("ana"), enter("bruno")
    for person in (ana, bruno):
        person.opens(channel["name"])

    # In a thread, apart from the conversation.
    bruno.message("¿Quién trae la furgoneta?").does("timeline.reply_in_thread")
    bruno.says("Yo, a las nueve", in_=bruno.thread)
    bruno.sees("Yo, a las nueve", in_=bruno.thread)
    replies = ana.message("¿Quién trae la furgoneta?").row.get_by_role(
        "link", name=ana.words("timeline.replies", count=1)
    )
    replies.click()
    ana.sees("Yo, a las nueve", in_=ana.thread)
    expect(ana.message("Yo, a las nueve").row).to_have_count(0)

    # And to the channel too.
    ana.thread.get_by_role("checkbox", name=ana.words("composer.also_in_channel")).check()
    ana.says("A las ocho, mejor", in_=ana.thread)
    bruno.sees("A las ocho, mejor", in_=bruno.thread)
    for person in (ana, bruno):
        person.closes_panel()
        person.sees("A las ocho, mejor")

    # A quote leads to what it quotes.
    bruno.message("¿Quién trae la furgoneta?").does("timeline.quote")
    bruno.says("Pues eso")
    quote = ana.message("Pues eso").row.get_by_role("blockquote")
    expect(quote).to_contain_text("Ana Lago")
    quote.get_by_role("link").click()
    expect(ana.message("¿Quién trae la furgoneta?").row).to_be_focused()

    # What is quoted may go.
    ana.message("¿Quién trae la furgoneta?").does("timeline.delete")
    ana.page.reload()
    for person in (ana, bruno):
        gone = person.message("Pues eso").row.get_by_role("blockquote")
        expect(gone).to_have_text(person.words("timeline.quote_gone"))


def test_mentions(house: House, enter: Enter) -> None:
    channel = house.channel("ines")
    ana, ines = enter("ana"), enter("ines")
    ana.opens(channel["name"])
    ines.opens("general")

    # Accents do not matter, neither in the name nor in what is asked for.
    for asked in ("@pena", "@Iné", "@INES"):
        ana.writes(f"Hola, {asked}")
        option = ana.suggestions.get_by_role("option", name=re.compile("Inés Peña"))
        expect(option).to_be_visible()
    option.click() if ana.phone else ana.box().press("Tab")
    expect(ana.box()).to_have_value("Hola, @ines ")
    expect(ana.suggestions).to_be_hidden()
    ana.sends()

    # It looks at her: in the list, in the title of the page, in the conversation.
    ines.shows_list()
    waits = [ines.words("list.mentions", count=1), ines.words("list.unread", count=1)]
    expect(ines.row(channel["name"], *waits)).to_be_visible()
    expect(ines.page).to_have_title(re.compile(r"^\(1\) "))
    ines.opens(channel["name"])
    hers = ines.words.like("timeline.spoken_mention", author="Ana Lago", text="Hola, @ines")
    expect(ines.log.get_by_role("article", name=hers)).to_contain_text("@Inés Peña")
    expect(ines.page).not_to_have_title(re.compile(r"^\("))

    # Who is not here is offered too, and can be let in.
    ana.writes("Que venga @zo")
    ana.suggestions.get_by_role("option", name=re.compile("Zoe Marí")).click()
    notice = ana.words("composer.outsider", name="Zoe Marí", channel=channel["name"])
    expect(ana.main.get_by_text(notice)).to_be_visible()
    ana.button("composer.outsider_add").click()
    added = ana.words("system.added", actor="Ana Lago", user="Zoe Marí")
    expect(ana.log.get_by_text(added)).to_be_visible()


def test_drafts_are_kept(house: House, enter: Enter) -> None:
    channel = house.channel()
    ana = enter("ana")
    ana.opens(channel["name"])
    ana.writes("Empiezo una frase que")
    expect(ana.main.get_by_text(ana.words("composer.draft_saved"))).to_be_visible()
    ana.opens("general")
    ana.shows_list()
    words = ana.words("list.draft_by") if ana.phone else ana.words("list.draft")
    row = ana.row(channel["name"], words)
    expect(row).to_be_visible()
    ana.page.reload()
    row.click()
    ana.is_in(channel["name"])
    expect(ana.box()).to_have_value("Empiezo una frase que")


def test_a_refused_message_waits_for_its_author(house: House, enter: Enter) -> None:
    channel = house.channel("bruno")
    bruno = enter("bruno")
    bruno.opens(channel["name"])

    # Bruno goes through a tunnel and writes; meanwhile Ana archives the channel.
    with bruno.in_a_tunnel():
        for text in ("Que conste", "Esto no"):
            bruno.says(text)
        house.call("ana", "DELETE", f"/conversations/{channel['id']}")
    refused = bruno.words("errors.conversations.archived")
    for text in ("Que conste", "Esto no"):
        row = bruno.unsent(text, "failed")
        expect(row).to_contain_text(bruno.words("timeline.failed"))
        expect(row).to_contain_text(refused)

    # It is kept, over a reload too, until he retries or discards it.
    bruno.page.reload()
    bruno.unsent("Esto no", "failed").get_by_role(
        "button", name=bruno.words("timeline.discard")
    ).click()
    expect(bruno.unsent("Esto no", "failed")).to_have_count(0)
    house.call("ana", "PATCH", f"/conversations/{channel['id']}", archived=False)
    bruno.unsent("Que conste", "failed").get_by_role(
        "button", name=bruno.words("timeline.retry")
    ).click()
    bruno.sees("Que conste")
    assert [text for text in house.texts(channel) if text in {"Que conste", "Esto no"}] == [
        "Que conste"
    ]


def test_second_thoughts(house: House, enter: Enter) -> None:
    channel = house.channel("ines")
    ana, ines = enter("ana", phone=False), enter("ines")
    for person in (ana, ines):
        person.opens(channel["name"])

    # Up, in an empty composer, edits the last one.
    ana.says("A las ocoh")
    ines.sees("A las ocoh")
    ana.box().press("ArrowUp")
    expect(ana.box()).to_have_value("A las ocoh")
    ana.writes("A las ocho")
    ana.box().press("Enter")
    ines.sees("A las ocho")
    ana.box().press("ArrowUp")
    ana.box().press("Escape")
    expect(ana.box()).to_have_value("")

    # What just went can be taken back without a trace.
    for undo in (
        lambda: (
            ana.message("Ay").row.get_by_role("button", name=ana.words("timeline.undo")).click()
        ),
        lambda: ana.box().press("Control+z"),
    ):
        ana.says("Ay")
        ines.sees("Ay")
        undo()
        for person in (ana, ines):
            expect(person.message("Ay").row).to_have_count(0)
            person.sees("A las ocho")
            expect(person.log.get_by_role("article")).to_have_count(1)


def test_markdown(house: House, enter: Enter) -> None:
    channel = house.channel("ines")
    ana, ines = enter("ana"), enter("ines")
    ines.opens(channel["name"])
    ana.opens(channel["name"])
    ana.says(TYPESCRIPT)
    row = ines.log.get_by_role("article", name=re.compile("Así se suman"))
    code = row.get_by_role("group", name=ines.words("timeline.code"))
    expect(code.locator("code")).to_have_text(
        "const sum = (a: number, b: number): number => a + b; // dos"
    )
    expect(code.locator("code span").filter(has_text=re.compile("^const$"))).to_have_class(
        re.compile("key")
    )
    expect(row.get_by_role("strong")).to_have_text("fácil")
    expect(row.get_by_role("listitem")).to_have_text(["uno", "dos"])
    link = row.get_by_role("link", name="https://example.org/suma")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(link).to_have_attribute("target", "_blank")
