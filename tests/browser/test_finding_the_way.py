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
