"""The outbox in a file: nothing written is lost, in whatever state the file or its program is."""

import logging
import signal
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tertulia.client import FileOutbox
from tertulia.client.commands.messages import PostMessage
from tertulia.client.errors import OutboxFull, OutboxUnavailable
from tests.client.fake_server import GENERAL


@pytest.fixture
def path(tmp_path) -> Path:
    return tmp_path / "folder" / "unsent.db"


def message(number: int) -> PostMessage:
    return PostMessage(GENERAL, f"número {number}", id=f"m{number}")


def ids(outbox: FileOutbox) -> list[str]:
    return [each.message.id for each in outbox.list_unsent()]


def test_what_is_kept_is_there_when_it_is_opened_again_in_its_order(path):
    written = PostMessage(GENERAL, "a", reply_to="m0", thread_id="m1", attachments=["f"])
    with FileOutbox(path) as outbox:
        outbox.keep(message(2))
        outbox.keep(written)
        outbox.keep(message(1))
        outbox.drop("m2")
    with FileOutbox(path) as outbox:
        assert [each.message for each in outbox.list_unsent()] == [written, message(1)]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_same_id_is_one_message_and_keeps_its_first_text(path):
    with FileOutbox(path) as outbox:
        outbox.keep(message(1))
        outbox.keep(PostMessage(GENERAL, "otra", id="m1"))
        assert [each.message for each in outbox.list_unsent()] == [message(1)]


def test_what_failed_stays_until_it_is_kept_with_another_text(path):
    edited = PostMessage(GENERAL, "corregido", id="m1")
    with FileOutbox(path) as outbox:
        outbox.keep(message(1))
        outbox.fail("m1", "conversations.archived")
        (failed,) = outbox.list_unsent()
        assert (failed.fate, failed.refusal) == ("failed", "conversations.archived")
        outbox.keep(edited)
        (kept,) = outbox.list_unsent()
        assert (kept.fate, kept.message) == ("sending", edited)


def test_a_message_is_not_sent_after_half_a_minute(path):
    with FileOutbox(path) as outbox:
        outbox.keep(message(1))
    with sqlite3.connect(path) as database:
        database.execute("UPDATE unsent SET since = '2026-10-08T09:12:00+00:00'")
    database.close()
    with FileOutbox(path) as outbox:
        assert outbox.list_unsent()[0].fate == "not_sent"


def test_one_more_than_fits_is_refused_and_the_others_stay(path):
    with FileOutbox(path, limit=2) as outbox:
        outbox.keep(message(1))
        outbox.keep(message(2))
        with pytest.raises(OutboxFull):
            outbox.keep(message(3))
        outbox.keep(message(2))
        assert ids(outbox) == ["m1", "m2"]
        outbox.drop("m1")
        outbox.keep(message(3))
        assert ids(outbox) == ["m2", "m3"]


@pytest.mark.parametrize("damage", [b"no database " * 500, None])
def test_a_damaged_file_is_set_aside_whole_and_said(path, damage, caplog):
    with FileOutbox(path) as outbox:
        for number in range(200):
            outbox.keep(message(number))
    whole = path.read_bytes()
    damaged = damage or whole[:4096] + b"\xff" * 8192 + whole[12288:]
    path.write_bytes(damaged)
    with caplog.at_level(logging.WARNING, "tertulia.client"), FileOutbox(path) as outbox:
        assert outbox.set_aside
        assert outbox.set_aside.read_bytes() == damaged
        assert str(outbox.set_aside) in caplog.text
        outbox.keep(message(1))
        assert ids(outbox) == ["m1"]


def test_what_cannot_be_kept_is_refused_and_what_was_sent_is_not_an_error(path, caplog):
    with FileOutbox(path) as outbox:
        outbox.keep(message(1))
        with sqlite3.connect(path) as database:
            database.execute("ALTER TABLE unsent RENAME TO elsewhere")
        database.close()
        with pytest.raises(OutboxUnavailable):
            outbox.keep(message(2))
        with caplog.at_level(logging.WARNING, "tertulia.client"):
            outbox.drop("m1")
        assert "cannot be written" in caplog.text


def test_two_openers_see_one_outbox(path):
    with FileOutbox(path) as one, FileOutbox(path) as other, ThreadPoolExecutor(4) as threads:
        for outbox, numbers in ((one, range(20)), (other, range(10, 30))):
            threads.map(lambda n, to=outbox: to.keep(message(n)), numbers)
        threads.shutdown()
        assert sorted(ids(one)) == sorted(f"m{n}" for n in range(30))
        assert ids(one) == ids(other)


KEEPER = """
import sys
from tertulia.client import FileOutbox
from tertulia.client.commands.messages import PostMessage
outbox = FileOutbox(sys.argv[1])
for number in range(100_000):
    outbox.keep(PostMessage("c", "t", id=f"m{number}"))
    print(number, flush=True)
"""


def test_what_is_kept_survives_a_kill(path):
    command = [sys.executable, "-c", KEEPER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as keeper:
        assert keeper.stdout
        said = [int(keeper.stdout.readline()) for _ in range(50)]
        keeper.send_signal(signal.SIGKILL)
        said += [int(line) for line in keeper.stdout if line.endswith("\n")]
    with FileOutbox(path) as outbox:
        found = ids(outbox)
    assert found[: len(said)] == [f"m{number}" for number in said]
    assert len(found) <= len(said) + 1
