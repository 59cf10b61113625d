"""A browser and a house for each module, and people who come in as a test calls them."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from playwright.sync_api import Browser

from tertulia.gateway.http.web_app import find_web_app
from tests.browser import chromium
from tests.browser.device import SEED, Draw
from tests.browser.house import COOKIE, NAMES, House, settle
from tests.browser.person import Person
from tests.browser.words import Language
from tests.support.server import Server

PICTURES = Path(__file__).resolve().parents[2] / "build" / "reports" / "browser"
FAILED = pytest.StashKey[bool]()


class Enter(Protocol):
    """Somebody comes, with a device of their own; what is not given of it is drawn.

    `at` is another address of the server than its own.
    """

    def __call__(
        self,
        name: str,
        *,
        language: Language | None = None,
        phone: bool | None = None,
        at: str | None = None,
    ) -> Person: ...


def pytest_report_header() -> str:
    return f"browser: TERTULIA_SEED={SEED}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        item.stash[FAILED] = True
    return report


@pytest.fixture(autouse=True, scope="session")
def _built() -> None:
    assert find_web_app(), "The web app is not built: make web"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium.running() as browser:
        yield browser


@pytest.fixture(scope="module")
def house(server: Server) -> Iterator[House]:
    """The module's server, set up, with everyone in it."""
    with settle(server) as house:
        yield house


@pytest.fixture
def stranger(browser: Browser, server: Server, request: pytest.FixtureRequest) -> Iterator[Enter]:
    """Whom nobody knows yet: a fresh browser that has opened nothing."""
    draw = Draw(request.node.nodeid)
    people: list[Person] = []

    def come(
        name: str,
        *,
        language: Language | None = None,
        phone: bool | None = None,
        at: str | None = None,
    ) -> Person:
        device = draw(language=language, phone=phone)
        request.node.add_report_section("call", f"TERTULIA_SEED={SEED}", f"{name}: {device}")
        context = browser.new_context(base_url=at or server.url, **device.options())
        people.append(Person(name, context, device))
        return people[-1]

    yield come
    if FAILED in request.node.stash:
        _take_pictures(request.node.name, people)
    misdeeds = [f"{person.name}: {deed}" for person in people for deed in _leave(person)]
    assert not misdeeds, "\n".join(misdeeds)


@pytest.fixture
def enter(house: House, stranger: Enter) -> Enter:
    """Who is of the house: signed in, and in the list of conversations."""

    def come(
        name: str,
        *,
        language: Language | None = None,
        phone: bool | None = None,
        at: str | None = None,
    ) -> Person:
        person = stranger(NAMES[name], language=language, phone=phone, at=at)
        house.call(name, "PATCH", "/users/me", language=person.device.language)
        cookie = {"name": COOKIE, "value": house.accounts[name].token, "url": house.server.url}
        person.context.add_cookies([cookie])  # pyright: ignore[reportArgumentType]
        person.goes("/")
        return person

    return come


def _take_pictures(test: str, people: list[Person]) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    for number, person in enumerate(people, 1):
        person.page.screenshot(path=PICTURES / f"{test}-{number}.png")


def _leave(person: Person) -> list[str]:
    """Close the pages; what they did that they must not."""
    for page in person.context.pages:
        page.evaluate("null")  # what the page has said by now is heard before the answer
    person.context.close()
    return person.witness.misdeeds
