"""Coming in and going out, here and from elsewhere."""

from playwright.sync_api import WebSocket, expect

from tests.browser.conftest import Enter
from tests.browser.house import NAMES, House, password_of
from tests.browser.person import Person


def sign_in(person: Person, username: str, password: str) -> None:
    person.field("door.login").fill(username)
    person.page.get_by_label(person.words("door.password"), exact=True).fill(password)
    person.button("door.sign_in").click()


def test_a_wrong_password(house: House, stranger: Enter) -> None:
    bruno = stranger(NAMES["bruno"])
    house.call("bruno", "PATCH", "/users/me", language=bruno.device.language)
    bruno.goes("/")
    with bruno.witness.refused(401):
        sign_in(bruno, "bruno", "no me acuerdo")
        alert = bruno.main.get_by_role("alert")
        expect(alert).to_have_text(bruno.words("errors.accounts.wrong_credentials"))
    sign_in(bruno, "bruno", password_of("bruno"))
    bruno.shows_list()


def test_signed_out_from_elsewhere(house: House, stranger: Enter) -> None:
    channel = house.channel("zoe")
    here = stranger(NAMES["zoe"])
    there = stranger(NAMES["zoe"], language=here.device.language)
    house.call("zoe", "PATCH", "/users/me", language=here.device.language)
    sockets: list[WebSocket] = []
    heard: list[str] = []

    def listen(socket: WebSocket) -> None:
        sockets.append(socket)
        socket.on("framereceived", lambda frame: heard.append(str(frame)))

    there.page.on("websocket", listen)
    for device in (here, there):
        device.goes("/")
        sign_in(device, "zoe", password_of("zoe"))
        device.opens(channel["name"])
    there.writes("Empecé a escribir")
    expect(there.main.get_by_text(there.words("composer.draft_saved"))).to_be_visible()
    house.say("ana", "Antes", channel)
    there.sees("Antes")
    assert any("Antes" in frame for frame in heard)

    # One device ends the session of the other: its socket is closed, and nothing reaches it.
    here.goes("/settings/devices")
    others = here.main.get_by_role("listitem").filter(has=here.button("settings.revoke"))
    others.filter(has_text="Chrome").get_by_role("button").click()
    said = there.main.get_by_text(there.words("banner.signed_out_text"))
    expect(said).to_be_visible()
    for socket in sockets:
        if not socket.is_closed():
            socket.wait_for_event("close")
    here.goes(house.path(channel))
    house.say("ana", "Después", channel)
    here.sees("Después")
    assert not any("Después" in frame for frame in heard)

    # What was begun is there again for who comes back.
    there.button("door.sign_in").click()
    expect(there.field("door.login")).to_be_visible()
    expect(said).to_be_visible()
    sign_in(there, "zoe", password_of("zoe"))
    there.is_in(channel["name"])
    expect(there.box()).to_have_value("Empecé a escribir")
    there.sees("Antes", "Después")


def test_signed_out_everywhere(house: House, stranger: Enter) -> None:
    here = stranger(NAMES["ines"])
    there = stranger(NAMES["ines"], language=here.device.language)
    house.call("ines", "PATCH", "/users/me", language=here.device.language)
    for device in (here, there):
        device.goes("/")
        sign_in(device, "ines", password_of("ines"))
        device.opens("general")
    here.goes("/settings/devices")
    here.button("settings.sign_out_everywhere").click()
    expect(here.field("door.login")).to_be_visible()
    expect(there.main.get_by_text(there.words("banner.signed_out_text"))).to_be_visible()
