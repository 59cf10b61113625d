"""People of a database are copies of one who came in through the front door."""

import sqlite3
from contextlib import closing

import pytest

from tertulia.bench.population import (
    PERSON_TABLES,
    Person,
    copy_person,
    fill,
    seat,
    strangers,
)

MODEL = Person("id-1", "model", "session-1", "session_token")


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "some.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in PERSON_TABLES:
            connection.execute(f"CREATE TABLE {table} (conversation_id, who, what, more)")
            connection.execute(f"INSERT INTO {table} VALUES ('c', 'id-1', 'model', 7)")
            connection.execute(f"INSERT INTO {table} VALUES ('c', 'id-2', 'other', 8)")
        connection.execute("CREATE TABLE conversations_conversations (id, member_count)")
        connection.execute("INSERT INTO conversations_conversations VALUES ('c', 2)")
    return path


def test_each_table_gets_a_row_like_the_models_for_everybody(database):
    people = list(strangers(3))
    copy_person(database, MODEL, people)
    with closing(sqlite3.connect(database)) as connection:
        for table in PERSON_TABLES:
            rows = connection.execute(f"SELECT who, what, more FROM {table} ORDER BY rowid")
            assert list(rows)[2:] == [(person.id, person.username, 7) for person in people]
        counted = connection.execute("SELECT member_count FROM conversations_conversations")
        assert counted.fetchone() == (5,)


@pytest.fixture
def conversations(tmp_path):
    """Two conversations with everybody in them, in the first of which something was said."""
    path = tmp_path / "conversations.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in ("members", "marks"):
            connection.execute(f"CREATE TABLE conversations_{table} (conversation_id, user_id)")
            connection.executemany(
                f"INSERT INTO conversations_{table} VALUES (?, ?)",
                [(where, person.id) for where in "ab" for person in strangers(4)],
            )
        connection.execute(
            "CREATE TABLE conversations_conversations (id, head, messages, member_count)"
        )
        connection.executemany(
            "INSERT INTO conversations_conversations VALUES (?, 2, 1, 4)", [("a",), ("b",)]
        )
        connection.execute("CREATE TABLE conversations_messages (id, conversation_id, seq, number)")
        connection.execute("CREATE TABLE conversations_updates (conversation_id, seq, message_id)")
        connection.execute("INSERT INTO conversations_messages VALUES ('m', 'a', 2, 1)")
        connection.execute("INSERT INTO conversations_updates VALUES ('a', 2, 'm')")
    return path


def test_each_of_several_conversations_gets_its_own_people(conversations):
    people = list(strangers(4))
    seat(conversations, people, ["a", "b"], 2)
    with closing(sqlite3.connect(conversations)) as connection:
        for table in ("members", "marks"):
            rows = connection.execute(f"SELECT * FROM conversations_{table} ORDER BY user_id")
            assert list(rows) == [(where, it.id) for where, it in zip("aabb", people, strict=True)]
        counts = connection.execute("SELECT member_count FROM conversations_conversations")
        assert list(counts) == [(2,), (2,)]


def test_a_conversation_is_filled_without_gaps(conversations):
    fill(conversations, "a", 3)
    with closing(sqlite3.connect(conversations)) as connection:
        messages = list(connection.execute("SELECT seq, number, id FROM conversations_messages"))
        updates = list(connection.execute("SELECT seq, message_id FROM conversations_updates"))
        where = connection.execute("SELECT head, messages FROM conversations_conversations")
        assert [row[:2] for row in messages] == [(2, 1), (3, 2), (4, 3), (5, 4)]
        assert updates == [(seq, id_) for seq, _, id_ in messages]
        assert where.fetchone() == (5, 4)


def test_no_two_strangers_are_alike():
    people = list(strangers(100))
    for attribute in ("id", "username", "session_id", "token"):
        assert len({getattr(person, attribute) for person in people}) == 100
    assert people == list(strangers(100))
