from tertulia.kit.metrics import REQUESTS, exposition


def test_what_is_counted_can_be_read_by_prometheus():
    REQUESTS.labels("conversations.join", "ok").inc()
    text, media_type = exposition()
    assert media_type.startswith("text/plain")
    assert b'tertulia_requests_total{code="ok",name="conversations.join"}' in text
    for name in (
        b"writer_queue",
        b"batch_commands",
        b"commit_seconds",
        b"connections",
        b"loop_lag",
        b"bus_waiting",
        b"bus_listed_commands",
        b"database_reachable",
    ):
        assert b"tertulia_" + name in text
