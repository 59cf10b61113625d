"""Finding one's way: the palette, and what is unread."""

from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.house import House


def test_the_palette(enter: Enter, house: House) -> None:
    channel = house.channel("bruno", name="envíos")
    bruno, zoe = enter("bruno"), enter("zoe")
    expect(bruno.row("plaza")).to_be_visible()
    expect(zoe.row("plaza")).to_be_visible()

    # To a place, without its accents, by the keyboard alone.
    box = bruno.opens_palette()
    box.press_sequentially(channel["name"].replace("í", "i"))
    expect(bruno.offered(channel["name"])).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    bruno.is_in(channel["name"])

    # To somebody whom one never wrote to.
    box = bruno.opens_palette()
    box.fill("@zoe")
    expect(bruno.offered("Zoe Marí")).to_be_visible()
    box.press("Enter")
    bruno.is_in("Zoe Marí")
    bruno.says("¿Un café?")
    zoe.row("Bruno Sáez", zoe.words("list.unread", count=1)).click()
    zoe.sees("¿Un café?")

    # To whatever can be done; nothing is there by such a name.
    box = bruno.opens_palette()
    box.fill("xyzzy")
    expect(bruno.dialog.get_by_text(bruno.words("palette.none", query="xyzzy"))).to_be_visible()
    box.fill(f">{bruno.words('settings.theme_dark')}")
    expect(bruno.dialog.get_by_role("option")).to_have_count(1)
    box.press("Enter")
    expect(bruno.page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(bruno.dialog).to_have_count(0)

    # And back to where one was.
    if not bruno.phone:
        bruno.box().focus()
        bruno.opens_palette().press("Escape")
        expect(bruno.dialog).to_have_count(0)
        expect(bruno.box()).to_be_focused()


def test_what_is_unread(enter: Enter, house: House) -> None:
    horn, fair = house.channel("bruno", name="hornos"), house.channel("bruno", name="feria")
    for text in ("Se enciende", "Ya está a mil", "Se apaga"):
        house.say("ana", text, horn)
    house.say("ana", "¿Vienes, @bruno?", fair)
    bruno = enter("bruno")
    other = enter("bruno", language=bruno.device.language)
    two = other.words("list.unread", count=2)

    # Read, then marked unread from the second on: it stays so, on the other device too.
    other.shows_list()
    bruno.opens(horn["name"])
    bruno.sees("Se apaga")
    expect(other.row(horn["name"], other.words("list.unread", count=3))).to_have_count(0)
    bruno.message("Ya está a mil").does("timeline.mark_unread")
    expect(other.row(horn["name"], two)).to_be_visible()
    bruno.message("Se apaga").reacts("👍")
    expect(bruno.message("Se apaga").reaction("👍", 1)).to_be_visible()
    expect(
        bruno.log.get_by_role("separator", name=bruno.words.like("timeline.new_since"))
    ).to_be_visible()

    # What waits, in one place: the one that looks at Bruno first.
    if bruno.phone:
        bruno.shows_list()
        tabs = bruno.page.get_by_role("navigation", name=bruno.words("list.tabs"))
        tabs.get_by_role("link", name=bruno.words("catch_up.title")).click()
    else:
        bruno.page.keyboard.press("Control+j")
    cards = bruno.main.get_by_role("article")
    expect(cards.first).to_contain_text("¿Vienes, @bruno?")
    mine = cards.filter(has=bruno.page.get_by_role("link", name=horn["name"]))
    expect(mine).to_contain_text("Ya está a mil")
    expect(mine).not_to_contain_text("Se enciende")

    # Marked as read, one, and all; and taken back.
    mine.get_by_role("button", name=bruno.words("catch_up.read_name", name=horn["name"])).click()
    expect(mine).to_have_count(0)
    expect(other.row(horn["name"], two)).to_have_count(0)
    bruno.button("catch_up.read_all").click()
    expect(bruno.main.get_by_text(bruno.words("list.caught_up"))).to_be_visible()
    expect(other.row(fair["name"], other.words("list.mentions", count=1))).to_have_count(0)
    for undo in (1, 2):
        bruno.toast.get_by_role("button", name=bruno.words("timeline.undo")).click()
        expect(cards.first if undo == 1 else mine).to_be_visible()
    expect(other.row(horn["name"], two)).to_be_visible()
    mine.get_by_role("link", name=horn["name"]).click()
    bruno.is_in(horn["name"])
    expect(other.row(horn["name"], two)).to_have_count(0)
