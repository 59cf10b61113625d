"""What a device keeps, for whom, and in which version."""

import base64
import hashlib
import re
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tertulia.gateway.http.web_app import find_web_app
from tests.browser.conftest import Enter
from tests.browser.house import House, password_of
from tests.browser.line import Line, laid_to
from tests.browser.person import Person
from tests.support.server import Server

SHELL_IS_KEPT = "navigator.serviceWorker.ready.then(() => null)"
EVERYTHING_KEPT = """async () => {
  const wait = (request) => new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
  const kept = [];
  for (const { name } of await indexedDB.databases()) {
    const db = await wait(indexedDB.open(name));
    for (const store of db.objectStoreNames) kept.push(await wait(db.transaction(store).objectStore(store).getAll()));
    db.close();
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept.push(request.url);
  }
  return JSON.stringify(kept);
}"""
"""In databases and in the caches of the service worker, as text."""
TAKEN_OVER = """async (name) => {
  const worker = await navigator.serviceWorker.register('/worker.js');
  for (;;) {
    await worker.update().catch(() => null);
    const idle = !worker.installing && !worker.waiting && worker.active?.state === 'activated';
    if (idle && navigator.serviceWorker.controller && (await caches.keys()).includes(name)) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
"""The browser looks for a new version by itself after a page is opened: what it began before the deployment was whole
is given up, and an update asked for meanwhile may find no more than that one does. So it is asked for again."""
GIVEN_UP = """async () => {
  const worker = await navigator.serviceWorker.ready;
  for (;;) {
    await worker.update();
    const next = worker.installing;
    if (next) return new Promise((done) => { next.onstatechange = () => done(next.state); });
    await new Promise((done) => setTimeout(done, 50));
  }
}"""
"""What becomes of the next version that the browser begins to take."""


# ---------- for whom ----------


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    with laid_to(server.port) as line:
        yield line


def kept_by(person: Person) -> str:
    return str(person.page.evaluate(EVERYTHING_KEPT))


def test_the_next_person_at_the_device_finds_nothing(
    house: House, line: Line, enter: Enter
) -> None:
    secret = house.channel("ines")
    house.say("ines", "Un secreto de Inés", secret)
    device = enter("ines", at=line.url)
    device.opens(secret["name"])
    device.sees("Un secreto de Inés")
    device.page.evaluate(SHELL_IS_KEPT)
    device.waits_until(f"() => ({EVERYTHING_KEPT})().then((all) => all.includes('secreto'))")
    with device.witness.without_network():
        line.cut()
        device.says("Sin enviar")
        expect(device.unsent("Sin enviar", "waiting")).to_be_visible()
        device.reopens("/settings/devices")
        line.mend()
        expect(device.banner).to_be_hidden()

    sign_out = device.main.get_by_role("button", name=device.words("settings.sign_out_everywhere"))
    sign_out.click()
    expect(device.field("door.login")).to_be_visible()
    assert "secreto" not in kept_by(device)
    assert "/api/" not in kept_by(device)

    house.call("zoe", "PATCH", "/users/me", language=device.device.language)
    device.field("door.login").fill("zoe")
    device.page.get_by_label(device.words("door.password"), exact=True).fill(password_of("zoe"))
    device.button("door.sign_in").click()
    expect(device.field("door.login")).to_be_hidden()
    device.goes("/")
    expect(device.row("general")).to_be_visible()
    expect(device.row(secret["name"])).to_have_count(0)
    expect(device.page.get_by_text("Sin enviar")).to_have_count(0)


def test_two_tabs_show_what_either_wrote(house: House, line: Line, enter: Enter) -> None:
    channel = house.channel("bruno")
    ana = enter("ana", phone=False, at=line.url)
    ana.opens(channel["name"])
    first = ana.page
    ana.page = ana.context.new_page()
    ana.goes(house.path(channel))
    ana.is_in(channel["name"])
    with ana.witness.without_network():
        line.cut()
        for page, text in ((ana.page, "Del segundo"), (first, "Del primero")):
            ana.page = page
            ana.says(text)
        for page in (first, ana.context.pages[-1]):
            ana.page = page
            for text in ("Del primero", "Del segundo"):
                expect(ana.unsent(text, "waiting")).to_be_visible()

        # One is closed; the other sends what both wrote.
        ana.page.close()
        ana.page = first
        line.mend()
        ana.sees("Del primero", "Del segundo")
    assert sorted(house.texts(channel)) == ["Del primero", "Del segundo"]


# ---------- in which version ----------


class Quiet(SimpleHTTPRequestHandler):
    """The files of a folder. Its times of change have seconds, too coarse to tell one deployment from the next."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a copy of the built app, and its folder."""
    built = find_web_app()
    assert built
    folder = tmp_path / "site"
    shutil.copytree(built, folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", folder
        server.shutdown()


def integrity_of(page: Path) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(page.read_bytes()).digest()).decode()}"


def deploy(folder: Path, version: str, *, whole: bool = True) -> None:
    """Another version: its page says which, and one of its scripts has another name."""
    page, worker = folder / "index.html", folder / "worker.js"
    before, text = integrity_of(page), page.read_text("utf-8")
    script = re.findall(r"/assets/(index-[\w-]+\.js)", text)[0]
    if whole:
        (folder / "assets" / script).rename(folder / "assets" / f"index-{version}.js")
    text = re.sub(r"<html [^>]*", f'<html class="{version}" lang="en"', text)
    _put(page, text.replace(script, f"index-{version}.js"))
    listed = worker.read_text("utf-8").replace(script, f"index-{version}.js")
    listed = listed.replace(before, integrity_of(page))
    _put(worker, re.sub(r"version:([`\"'])\w+\1", f"version:`{version}`", listed))


def _put(file: Path, text: str) -> None:
    """Whole at once: the browser may fetch it at any time, and half a script may be a script."""
    whole = file.with_suffix(".next")
    whole.write_text(text)
    whole.replace(file)


def version_of(page: Page) -> str:
    page.reload()
    return page.locator("html").get_attribute("class") or ""


def test_a_new_version_takes_over_whole(browser: Browser, site: tuple[str, Path]) -> None:
    url, folder = site
    deploy(folder, "first")
    context = browser.new_context()
    page = context.new_page()
    page.goto(url)
    page.evaluate(TAKEN_OVER, "shell first")
    assert version_of(page) == "first"

    # What is there in part only is not taken.
    deploy(folder, "broken", whole=False)
    assert page.evaluate(GIVEN_UP) == "redundant"
    assert version_of(page) == "first"

    # What is there whole opens from the next time on; without a server too.
    (folder / "assets" / "index-first.js").rename(folder / "assets" / "index-broken.js")
    deploy(folder, "second")
    page.evaluate(TAKEN_OVER, "shell second")
    assert page.evaluate("caches.keys().then((names) => names.length)") == 2
    shutil.rmtree(folder / "assets")
    (folder / "index.html").unlink()
    assert version_of(page) == "second"
    expect(page.locator("#app")).not_to_be_empty()
    context.close()
