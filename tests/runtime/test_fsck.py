"""`tertulia fsck`: clean where nothing is wrong, and each thing that is broken is named."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tertulia.runtime.data import CannotStart
from tertulia.runtime.fsck import SHOWN, check
from tests.runtime.busy_data import Story, fill

GENERAL = "(SELECT id FROM conversations_conversations WHERE name = 'general')"
TALLER = "(SELECT id FROM conversations_conversations WHERE name = 'Taller')"
BRUNO = "(SELECT id FROM conversations_people WHERE username = 'bruno')"
ROOT = "(SELECT id FROM conversations_messages WHERE text = 'hola @bruno')"
DELETED = "(SELECT id FROM conversations_messages WHERE deleted_at IS NOT NULL)"
LAST_SEQ = f"(SELECT head FROM conversations_conversations WHERE id = {GENERAL})"

BREAKS = [
    # --- the file ---
    ("database.foreign_keys", f"DELETE FROM accounts_users WHERE id = {BRUNO}"),
    ("database.migrations", "DELETE FROM alembic_version_conversations"),
    # --- accounts ---
    ("accounts.email_keys", "UPDATE accounts_users SET email_key = 'x' WHERE username = 'ana'"),
    ("accounts.usernames", "DELETE FROM accounts_usernames WHERE username = 'bruno'"),
    ("accounts.event_log", "UPDATE accounts_positions SET position = 1 WHERE consumer = 'head'"),
    # --- the log ---
    (
        "conversations.head",
        f"UPDATE conversations_conversations SET head = 99 WHERE id = {GENERAL}",
    ),
    (
        "conversations.head",
        f"DELETE FROM conversations_updates WHERE conversation_id = {GENERAL} AND seq = {LAST_SEQ}",
    ),
    (
        "conversations.log_gaps",
        f"DELETE FROM conversations_updates WHERE conversation_id = {GENERAL} AND seq = 3",
    ),
    (
        "conversations.epoch",
        f"UPDATE conversations_conversations SET epoch = '' WHERE id = {GENERAL}",
    ),
    (
        "conversations.untold_messages",
        "UPDATE conversations_updates SET type = 'message_edited' WHERE seq = 4"
        " AND type = 'message_posted'",
    ),
    (
        "conversations.unfounded_updates",
        f"UPDATE conversations_updates SET message_id = NULL WHERE message_id = {ROOT}"
        " AND type = 'reaction_added'",
    ),
    ("conversations.event_log", "DELETE FROM conversations_events WHERE position % 2 = 0"),
    (
        "conversations.event_log",
        "UPDATE conversations_positions SET position = 99999 WHERE consumer = 'head'",
    ),
    (
        "conversations.event_positions",
        "UPDATE conversations_positions SET position = 99999 WHERE consumer LIKE 'accounts%'",
    ),
    # --- personal ---
    ("personal.versions", "UPDATE personal_versions SET last = 1"),
    ("personal.versions", "DELETE FROM personal_versions"),
    ("personal.event_log", "UPDATE personal_positions SET position = 99 WHERE consumer = 'head'"),
    (
        "personal.event_positions",
        "UPDATE personal_positions SET position = 99999 WHERE consumer LIKE 'accounts%'",
    ),
    # --- messages ---
    (
        "conversations.numbers",
        "UPDATE conversations_messages SET number = number + 1 WHERE number > 1",
    ),
    (
        "conversations.numbers",
        f"UPDATE conversations_messages SET number = 77 WHERE thread_id = {ROOT}"
        " AND NOT also_in_channel",
    ),
    (
        "conversations.messages",
        f"UPDATE conversations_conversations SET messages = messages + 1 WHERE id = {GENERAL}",
    ),
    (
        "conversations.timeline",
        f"UPDATE conversations_messages SET in_timeline = 0 WHERE id = {ROOT}",
    ),
    (
        "conversations.reply_count",
        f"UPDATE conversations_messages SET reply_count = 9 WHERE id = {ROOT}",
    ),
    (
        "conversations.threads",
        f"UPDATE conversations_messages SET conversation_id = {TALLER}, seq = 500 WHERE id = {ROOT}",
    ),
    (
        "conversations.quotes",
        "UPDATE conversations_messages SET reply_to = 'nothing' WHERE reply_to IS NOT NULL",
    ),
    (
        "conversations.tombstones",
        f"UPDATE conversations_messages SET text = 'x' WHERE id = {DELETED}",
    ),
    ("conversations.tombstones", f"UPDATE conversations_messages SET undone = 1 WHERE id = {ROOT}"),
    (
        "conversations.system_lines",
        "UPDATE conversations_messages SET data = NULL WHERE kind = 'system'",
    ),
    ("conversations.revisions", "DELETE FROM conversations_revisions"),
    ("conversations.pins", "UPDATE conversations_messages SET pinned_at = NULL"),
    ("conversations.pins", f"UPDATE conversations_messages SET pinned_at = 1 WHERE id = {ROOT}"),
    # --- conversations ---
    (
        "conversations.name_keys",
        f"UPDATE conversations_conversations SET name_key = 'x' WHERE id = {TALLER}",
    ),
    (
        "conversations.direct_keys",
        "UPDATE conversations_conversations SET direct_key = id WHERE kind = 'direct'",
    ),
    (
        "conversations.owners",
        f"UPDATE conversations_members SET role = 'member' WHERE conversation_id = {TALLER}",
    ),
    ("conversations.space_owners", "UPDATE conversations_space_members SET role = 'admin'"),
    # --- members ---
    (
        "conversations.member_count",
        f"UPDATE conversations_conversations SET member_count = 7 WHERE id = {GENERAL}",
    ),
    (
        "conversations.members",
        f"DELETE FROM conversations_members WHERE conversation_id = {GENERAL} AND user_id = {BRUNO}",
    ),
    (
        "conversations.members",
        f"INSERT INTO conversations_members SELECT {TALLER}, id, 'member', 1, 0"
        " FROM conversations_people WHERE username = 'carlota'",
    ),
    (
        "conversations.roles",
        f"UPDATE conversations_members SET role = 'owner' WHERE conversation_id = {TALLER}",
    ),
    (
        "conversations.members_of_spaces",
        f"DELETE FROM conversations_space_members WHERE user_id = {BRUNO}",
    ),
    # --- read marks ---
    ("conversations.marks", f"UPDATE conversations_marks SET seq = 999 WHERE user_id = {BRUNO}"),
    (
        "conversations.mark_numbers",
        f"UPDATE conversations_marks SET number = 0 WHERE user_id = {BRUNO}",
    ),
    (
        "conversations.unread_count",
        f"UPDATE conversations_marks SET number = 0 WHERE user_id = {BRUNO}",
    ),
    ("conversations.marks_of_members", f"DELETE FROM conversations_marks WHERE user_id = {BRUNO}"),
    (
        "conversations.marks_of_members",
        f"INSERT INTO conversations_marks SELECT {TALLER}, id, 0, 0, 0"
        " FROM conversations_people WHERE username = 'carlota'",
    ),
    # --- mentions ---
    ("conversations.mentions", "UPDATE conversations_mentions SET seq = seq + 1"),
    (
        "conversations.mentions",
        f"INSERT INTO conversations_mentions SELECT id, 'here', 0, conversation_id, seq, author_id"
        f" FROM conversations_messages WHERE id = {DELETED}",
    ),
    ("conversations.mention_count", "UPDATE conversations_mentions SET seq = 0"),
    (
        "conversations.mentions_in_text",
        f"DELETE FROM conversations_mentions WHERE target = {BRUNO}",
    ),
    ("conversations.mentions_in_text", "DELETE FROM conversations_mentions WHERE target = 'here'"),
    (
        "conversations.mentions_in_text",
        f"UPDATE conversations_messages SET text = 'hola' WHERE id = {ROOT}",
    ),
    # --- reactions ---
    ("conversations.reactions", "DELETE FROM conversations_reactions"),
    (
        "conversations.reactions",
        f"INSERT INTO conversations_reactions VALUES ({ROOT}, '🎉', {BRUNO}, 3)",
    ),
    (
        "conversations.reactions",
        f"INSERT INTO conversations_reactions VALUES ({DELETED}, '👍', {BRUNO}, 3)",
    ),
    # --- people ---
    ("conversations.search_names", "UPDATE conversations_people SET search_name = 'x'"),
    (
        "conversations.people",
        "UPDATE conversations_people SET display_name = 'x', search_name = ' x'",
    ),
    ("conversations.people", f"DELETE FROM conversations_people WHERE id = {BRUNO}"),
    ("conversations.people", "UPDATE conversations_people SET active = 0"),
]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Story]:
    """A data folder that was lived in; nobody changes it."""
    data = tmp_path_factory.mktemp("lived") / "data"
    return data, asyncio.run(fill(data))


@pytest.fixture
def data(lived, tmp_path) -> Path:
    """A copy of it, to break."""
    return shutil.copytree(lived[0], tmp_path / "data")


def break_(data: Path, statement: str) -> None:
    with closing(sqlite3.connect(data / "tertulia.db")) as connection, connection:
        changed = connection.execute(statement).rowcount
    assert changed > 0, "the statement broke nothing"


def test_what_was_lived_in_is_clean(lived):
    report = check(lived[0])
    assert report.findings == []
    assert report.clean


def test_every_check_is_seen_to_fail(lived):
    proved = {name for name, _ in BREAKS} | {"database.integrity"}
    assert set(check(lived[0]).checks) == proved


@pytest.mark.parametrize(("name", "statement"), BREAKS)
def test_what_is_broken_is_named(data, name, statement):
    break_(data, statement)
    assert name in check(data).names


def test_a_broken_index_is_named(data):
    with closing(sqlite3.connect(data / "tertulia.db")) as connection, connection:
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'IS NOT NULL', 'IS NULL')"
            " WHERE name = 'conversations_messages_thread'"
        )
    assert "database.integrity" in check(data).names


def test_broken_pages_are_named_and_nothing_else_is_read(data):
    database = data / "tertulia.db"
    pages = bytearray(database.read_bytes())
    page = _root_page(database, "conversations_messages")
    pages[page * 4096 + 8 : page * 4096 + 4096] = bytes(4088)
    database.write_bytes(pages)
    report = check(data)
    assert report.names == {"database.integrity"}
    assert "conversations.head" not in report.checks


def _root_page(database: Path, table: str) -> int:
    """The number of a table's first page, from 0."""
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        return found.fetchone()[0] - 1


def test_a_difference_says_where_what_and_what_it_should_be(data, lived):
    break_(data, f"UPDATE conversations_conversations SET member_count = 7 WHERE id = {GENERAL}")
    (finding,) = check(data).findings
    (difference,) = finding.differences
    assert difference.where == {"conversation_id": lived[1].ids["general"]}
    assert (difference.stored, difference.recomputed) == (7, 3)


def test_all_differences_are_counted_and_the_first_are_shown(data):
    break_(data, "UPDATE conversations_people SET search_name = 'x'")
    with closing(sqlite3.connect(data / "tertulia.db")) as connection, connection:
        connection.executemany(
            "INSERT INTO conversations_people VALUES (?, NULL, 'x', 'y', NULL, 'guest', 0, 1, 1)",
            [(f"guest {number}",) for number in range(SHOWN)],
        )
    (finding,) = check(data).findings
    assert len(finding.differences) == SHOWN
    assert finding.count == SHOWN + 4


def test_what_accounts_told_and_nobody_heard_yet_is_no_difference(data):
    """As a kill leaves it between the two transactions."""
    break_(data, f"UPDATE conversations_people SET version = 0, username = 'x' WHERE id = {BRUNO}")
    assert "conversations.people" in check(data).names
    break_(
        data,
        "UPDATE conversations_positions SET position = position - 1 WHERE consumer LIKE 'accounts%'",
    )
    assert "conversations.people" not in check(data).names


def holding(folder: Path) -> dict[str, bytes]:
    """All but the index of the log: every process that reads first makes it anew from the log."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix != ".db-shm"}


def test_nothing_is_changed_and_nothing_left(data):
    before = holding(data)
    check(data)
    assert holding(data) == before
    assert not (data / "tertulia.db-shm").exists()


@pytest.mark.parametrize("index", ["kept", "lost"])
def test_what_a_crash_left_is_read_and_stays_as_it_is(data, tmp_path, index):
    """The log is neither brought into the database nor removed, though nobody else has it open."""
    crashed = tmp_path / "crashed"
    with closing(sqlite3.connect(data / "tertulia.db")) as connection, connection:
        connection.execute("UPDATE conversations_people SET search_name = 'x'")
        connection.commit()
        shutil.copytree(data, crashed)
    if index == "lost":
        (crashed / "tertulia.db-shm").unlink()
    before = holding(crashed)
    assert before["tertulia.db-wal"]
    assert check(crashed).names == {"conversations.search_names"}
    assert holding(crashed) == before


def test_where_nothing_is_there_is_nothing_to_check(tmp_path):
    with pytest.raises(CannotStart, match="no database") as refused:
        check(tmp_path)
    assert refused.value.code == "no_data"
    assert not list(tmp_path.iterdir())


def test_what_is_no_database_cannot_be_checked(tmp_path):
    (tmp_path / "tertulia.db").write_bytes(b"nothing of the kind " * 100)
    with pytest.raises(CannotStart) as refused:
        check(tmp_path)
    assert refused.value.code == "database"


def test_newer_data_cannot_be_checked(data):
    break_(data, "UPDATE alembic_version_accounts SET version_num = 'accounts_9999'")
    with pytest.raises(CannotStart) as refused:
        check(data)
    assert refused.value.code == "newer"
