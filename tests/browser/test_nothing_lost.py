"""Servers that die, lines that break and copies that are put back: what was written is there once, in one order."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Enter
from tests.browser.device import SEED
from tests.browser.house import House
from tests.browser.line import Line, laid_to
from tests.browser.person import Person
from tests.support.server import Server

KILLS = 5
RECOVERED = 60_000
"""Milliseconds: pages come back at a moment of their own."""
SHELL_IS_KEPT = "navigator.serviceWorker.ready.then(() => null)"
COPY_HOLDS = """async ([id, text]) => {
  const opening = indexedDB.open('tertulia.copy');
  const db = await new Promise((done) => { opening.onsuccess = () => done(opening.result); });
  const rows = db.transaction('conversations').objectStore('conversations').get(id);
  const row = await new Promise((done) => { rows.onsuccess = () => done(rows.result); });
  db.close();
  return row?.window?.items.some((message) => message.text === text) ?? false;
}"""


@pytest.fixture
def lay_line(server: Server) -> Iterator[Callable[[], Line]]:
    """Each call lays a line to the server; they are there for longer than the people at their ends."""
    with ExitStack() as lines:
        yield lambda: lines.enter_context(laid_to(server.port))


def everything_once(house: House, channel: dict[str, str], *people: Person) -> None:
    """What each sees is what the log holds, in its order; nothing waits, and nothing is doubled."""
    for person in people:
        for state in ("sending", "waiting", "late", "failed"):
            unsent = re.escape(person.words(f"timeline.unsent_{state}"))
            rows = person.log.get_by_role("article", name=re.compile(rf"^\w+, {unsent}:"))
            expect(rows).to_have_count(0, timeout=RECOVERED)
    texts = house.texts(channel)
    assert len(set(texts)) == len(texts)
    for person in people:
        expect(person.log.get_by_role("article")).to_have_text(
            [re.compile(rf"(?:^|\s){re.escape(text)}(?:\s|$)") for text in texts]
        )


class Storm:
    """Two people who write on while the server is killed under them, or the line of one is cut too."""

    def __init__(self, house: House, random: Random, *writers: tuple[str, Person, Line]) -> None:
        self.written: dict[str, list[str]] = {name: [] for name, _, _ in writers}
        self.people = [person for _, person, _ in writers]
        self._house = house
        self._random = random
        self._writers = writers
        self._numbers = count(1)

    def writes(self, most: int) -> None:
        """One to so many messages, by whoever it falls to."""
        for _ in range(self._random.randint(1, most)):
            name, person, _ = self._random.choice(self._writers)
            text = f"{name} {next(self._numbers)}"
            person.says(text)
            self.written[name].append(text)

    def strikes(self) -> None:
        """Writing before, while and after there is no server; then all of it is before everyone."""
        self.writes(3)
        _, _, line = self._random.choice(self._writers)
        if self._random.random() < 0.5:
            line.cut()
            self.writes(1)
        self._house.server.kill()
        self.writes(3)
        self._house.server.start()
        self.writes(1)
        line.mend()
        for person in self.people:
            for texts in filter(None, self.written.values()):
                expect(person.message(texts[-1]).row).to_have_count(1, timeout=RECOVERED)


def test_two_people_a_server_that_dies_and_lines_that_break(
    house: House, lay_line: Callable[[], Line], enter: Enter, request: pytest.FixtureRequest
) -> None:
    channel, drafted = house.channel("bruno"), house.channel("bruno")
    lines = lay_line(), lay_line()
    ana, bruno = enter("ana", at=lines[0].url), enter("bruno", at=lines[1].url)
    random = Random(f"{SEED} {request.node.nodeid}")
    storm = Storm(house, random, ("ana", ana, lines[0]), ("bruno", bruno, lines[1]))
    ana.opens(drafted["name"])
    ana.writes("Empiezo una frase que")
    for person in storm.people:
        person.opens(channel["name"])
        person.marks_page()
    with ana.witness.without_network(), bruno.witness.without_network():
        for _ in range(KILLS):
            storm.strikes()
        for person in storm.people:
            expect(person.banner).to_be_hidden(timeout=RECOVERED)

    everything_once(house, channel, ana, bruno)
    for name, own in storm.written.items():
        assert [text for text in house.texts(channel) if text.startswith(name)] == own
    for person in storm.people:
        assert person.is_same_page()
        person.shows_list()
        unread = person.words("list.unread", count=2).removeprefix("2 ")
        expect(person.row(channel["name"])).to_be_visible()
        expect(person.row(channel["name"], unread)).to_have_count(0)
    ana.opens(drafted["name"])
    expect(ana.box()).to_have_value("Empiezo una frase que")


def test_a_page_that_is_closed_and_opened_again_without_a_network(
    house: House, lay_line: Callable[[], Line], enter: Enter
) -> None:
    channel, other, unread = (house.channel("bruno") for _ in range(3))
    house.say("bruno", "¿Vienes?", channel)
    house.say("bruno", "Aquí también", other)
    line = lay_line()
    ana, bruno = enter("ana", at=line.url), enter("bruno")
    bruno.opens(channel["name"])
    ana.opens(other["name"])
    ana.opens(channel["name"])
    ana.sees("¿Vienes?")
    ana.page.evaluate(SHELL_IS_KEPT)
    for conversation, text in ((channel, "¿Vienes?"), (other, "Aquí también")):
        ana.waits_until(COPY_HOLDS, [conversation["id"], text])

    # She writes, closes the page, and opens it again, all without a network.
    with ana.witness.without_network():
        line.cut()
        ana.says("Voy de camino")
        expect(ana.unsent("Voy de camino", "waiting")).to_be_visible()
        ana.reopens(house.path(channel))
        ana.is_in(channel["name"])
        ana.sees("¿Vienes?")
        expect(ana.unsent("Voy de camino", "waiting")).to_be_visible()
        expect(ana.banner).to_contain_text(ana.words("banner.offline_text", count=1))

        # What was opened before can be read; of the rest it is said why not.
        ana.opens(other["name"])
        ana.sees("Aquí también")
        ana.shows_list()
        ana.row(unread["name"]).click()
        expect(ana.main.get_by_text(ana.words("frame.not_kept"))).to_be_visible()

        # She thinks better of it before it goes.
        ana.opens(channel["name"])
        waiting = ana.unsent("Voy de camino", "waiting")
        waiting.get_by_role("button", name=ana.words("timeline.edit"), exact=True).click()
        ana.writes("Voy en bici")
        ana.sends()
        expect(ana.unsent("Voy en bici", "waiting")).to_be_visible()

        # Meanwhile the others went on; back at the network, all of it is there once.
        bruno.says("¿Ana?")
        line.mend()
        bruno.sees("Voy en bici")
        ana.sees("¿Vienes?", "¿Ana?", "Voy en bici")
        expect(ana.banner).to_be_hidden()
    everything_once(house, channel, ana, bruno)
    assert house.texts(channel) == ["¿Vienes?", "¿Ana?", "Voy en bici"]


def test_an_older_copy_that_is_put_back(house: House, tmp_path: Path, enter: Enter) -> None:
    channel = house.channel("bruno")
    house.say("bruno", "Antes de la copia", channel)
    operate("backup", tmp_path / "copy", house.server)
    ana, bruno = enter("ana"), enter("bruno")
    for person in (ana, bruno):
        person.opens(channel["name"])
        person.marks_page()
    for number in range(3):
        bruno.says(f"Después {number}")
        ana.sees(f"Después {number}")

    with ana.witness.without_network(), bruno.witness.without_network():
        house.server.stop()
        operate("restore", tmp_path / "copy", house.server)
        house.server.start()
        for person in (ana, bruno):
            expect(person.message("Después 0").row).to_have_count(0, timeout=RECOVERED)
            expect(person.banner).to_be_hidden(timeout=RECOVERED)
    ana.says("Otra vez")
    bruno.sees("Antes de la copia", "Otra vez")
    everything_once(house, channel, ana, bruno)
    assert house.texts(channel) == ["Antes de la copia", "Otra vez"]
    for person in (ana, bruno):
        assert person.is_same_page()


def operate(command: str, copy: Path, server: Server) -> None:
    """`tertulia backup` or `tertulia restore`, as an operator would run them."""
    program = [sys.executable, "-m", "tertulia", command, str(copy), "--data", str(server.data)]
    subprocess.run(
        program, check=True, capture_output=True, cwd=server.data.parent, env=server.environment()
    )
