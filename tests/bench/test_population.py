"""People of a database are copies of one who came in through the front door."""

import sqlite3
from contextlib import closing

import pytest

from tertulia.bench.population import PERSON_TABLES, Person, copy_person, strangers

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


def test_no_two_strangers_are_alike():
    people = list(strangers(100))
    for attribute in ("id", "username", "session_id", "token"):
        assert len({getattr(person, attribute) for person in people}) == 100
    assert people == list(strangers(100))
