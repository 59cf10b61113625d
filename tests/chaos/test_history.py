"""A history keeps its records through a file, and in the order of time."""

from tertulia.chaos.history import (
    Began,
    Ended,
    Final,
    Heard,
    History,
    Invoked,
    Lost,
    Revoked,
    from_line,
    to_line,
)

RECORDS = [
    Invoked(1, "ana", 1, "conversations.post_message", {"id": "m1", "text": "¿qué tal?"}),
    Ended(3, "ana", 1, "ok", {"message": {"seq": 1}}),
    Began(2, "bruno", "u2", "plaza", "e", 0),
    Heard(4, "bruno", "plaza", 1, "message_posted", {"seq": 1}, "catch_up"),
    Lost(5, "bruno", "cut"),
    Revoked(6, "u2", None, 0),
    Final("plaza", "e", [{"seq": 1}]),
]


def test_a_record_is_a_line():
    assert [from_line(to_line(record)) for record in RECORDS] == RECORDS
    assert all("\n" not in to_line(record) for record in RECORDS)


def test_a_file_keeps_everything(tmp_path):
    History(RECORDS).write(tmp_path / "history.jsonl")
    assert History.read(tmp_path / "history.jsonl").records == History(RECORDS).records


def test_records_of_several_clients_are_put_in_order():
    history = History(reversed(RECORDS))
    assert [getattr(record, "at", 7) for record in history.records] == [1, 2, 3, 4, 5, 6, 7]


def test_an_operation_without_an_end_is_unknown():
    (operation,) = History(RECORDS[:1]).operations
    assert operation.end == "info"
    (operation,) = History(RECORDS).operations
    assert operation.end == "ok"
