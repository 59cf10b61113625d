"""Logs: one line an event, with the id of its request, without secrets."""

import json
import logging

import pytest
import structlog

from tertulia.kernel.ids import is_id
from tertulia.kit.log import configure_logging, join_logging, request_scope


@pytest.fixture
def lines(capsys):
    configure_logging("info", "json")
    yield lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    configure_logging("info", "console")


log = structlog.get_logger("tests")


def test_an_event_is_a_line_with_its_fields(lines):
    log.info("service_started", service="accounts")
    (line,) = lines()
    assert (line["event"], line["service"], line["level"]) == (
        "service_started",
        "accounts",
        "info",
    )
    assert line["timestamp"].endswith("Z")


def test_a_request_without_an_id_gets_one_that_stays(lines):
    with request_scope() as scope:
        log.info("first")
        log.info("second")
    first, second = lines()
    assert is_id(scope.request_id)
    assert first["request_id"] == second["request_id"] == scope.request_id


def test_everything_of_a_request_carries_its_id(lines):
    with request_scope("0192f4d2", command="conversations.join"):
        log.info("inside")
        logging.getLogger("sqlalchemy").warning("a library %s", "speaks")
    log.info("outside")
    inside, library, outside = lines()
    assert inside["request_id"] == library["request_id"] == "0192f4d2"
    assert inside["command"] == "conversations.join"
    assert library["event"] == "a library speaks"
    assert "request_id" not in outside


@pytest.mark.parametrize("field", ["text", "token", "password", "authorization", "setup_code"])
def test_what_must_not_be_read_is_not_written(lines, field):
    log.info("something", **{field: "hush"})
    assert "hush" not in json.dumps(lines())


def test_a_traceback_shows_no_values(lines):
    def divide(by: str) -> float:
        return 1 / by.count("x")

    try:
        divide("hush".lower())
    except ZeroDivisionError:
        log.exception("failed")
    (line,) = lines()
    assert "ZeroDivisionError" in line["exception"]
    assert "'hush'" not in line["exception"]


def test_below_its_level_nothing_is_written(lines):
    log.debug("detail")
    logging.getLogger("uvicorn.error").info("chatter")
    assert lines() == []


def test_uvicorn_speaks_in_the_same_form(lines):
    logging.getLogger("uvicorn.error").warning("late")
    (line,) = lines()
    assert line["event"] == "late"


class TestMounted:
    @pytest.fixture(autouse=True)
    def _unconfigured(self):
        structlog.reset_defaults()
        yield
        configure_logging("info", "console")

    def test_events_are_records_of_the_host_s_logging(self, caplog):
        join_logging()
        with request_scope("0192f4d2"):
            log.warning("session_not_touched", token="hush", session_id="7")
        (record,) = caplog.records
        assert (record.name, record.getMessage()) == ("tests", "session_not_touched")
        assert vars(record)["request_id"] == "0192f4d2"
        assert (vars(record)["session_id"], vars(record)["token"]) == ("7", "…")

    def test_a_traceback_goes_along(self, caplog):
        join_logging()
        try:
            _ = 1 / 0
        except ZeroDivisionError:
            log.exception("call_failed")
        assert "ZeroDivisionError" in caplog.text

    def test_a_host_that_configured_structlog_keeps_its_way(self):
        structlog.configure(processors=[])
        join_logging()
        assert structlog.get_config()["processors"] == []
