"""Requests, origins, and the environment that a handler is shown."""

from typing import Any

import pytest

from tertulia.realtime.engine.handshake import OriginPolicy, Request, busy, environ_of

HOST = (b"host", b"chat.example")
OWN, FOREIGN = "http://chat.example", "https://evil.example"


def scope(
    query: bytes = b"EIO=4&transport=polling", *headers: tuple[bytes, bytes], **more: Any
) -> dict[str, Any]:
    return {
        "type": "http",
        "method": "GET",
        "scheme": "http",
        "path": "/socket.io/",
        "query_string": query,
        "headers": [HOST, *headers],
        "client": ("10.0.0.1", 4711),
        "server": ("10.0.0.2", 80),
        **more,
    }  # fmt: skip


def asked(
    origin: str | None, method: str = "GET", *headers: tuple[bytes, bytes], **more: Any
) -> Request:
    given = [(b"origin", origin.encode())] if origin is not None else []
    return Request(scope(b"", *given, *headers, method=method, **more))


# --- queries ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", {}),
        (b"EIO=4&transport=polling", {"EIO": "4", "transport": "polling"}),
        (b"EIO=3&EIO=4", {"EIO": "4"}),
        (b"sid=abc&sid=", {"sid": ""}),
        (b"EIO=4;transport=polling", {"EIO": "4;transport=polling"}),
        (b"transport=poll%69ng", {"transport": "polling"}),
        (b"a=1%2B1&b=x+y", {"a": "1+1", "b": "x y"}),
        (b"name=%C3%B1", {"name": "ñ"}),
        (b"j", {"j": ""}),
        (b"a=b=c", {"a": "b=c"}),
        (b"&&a=1&", {"a": "1"}),
    ],
)
def test_a_query_is_read(query, expected):
    assert Request(scope(query)).query == expected


def test_an_empty_session_is_none():
    assert Request(scope(b"sid=")).sid is None
    assert Request(scope(b"sid=x")).sid == "x"


def test_a_websocket_is_a_get():
    request = Request(
        {"type": "websocket", "query_string": b"", "headers": [], "path": "/", "scheme": "ws"}
    )
    assert request.is_websocket
    assert request.method == "GET"


# --- origins ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origins", "own", "foreign"),
    [
        (None, True, False),
        ("*", True, True),
        (["*"], True, True),
        ([], True, True),
        (FOREIGN, False, True),
        ([OWN, FOREIGN], True, True),
        (["https://friend.example"], False, False),
        (lambda origin: origin == FOREIGN, False, True),
        (lambda origin, environ: environ["HTTP_HOST"] in origin, True, False),
    ],
)
def test_origins_are_let_in_as_was_said(origins, own, foreign):
    policy = OriginPolicy(origins, credentials=True)
    assert policy.allows(asked(OWN)) is own
    assert policy.allows(asked(FOREIGN)) is foreign
    assert policy.allows(asked(None)), "programs send none"


def test_two_origins_are_none_that_was_allowed():
    request = asked(OWN, "GET", (b"origin", FOREIGN.encode()))
    assert not OriginPolicy([OWN], credentials=True).allows(request)
    assert not OriginPolicy(None, credentials=True).allows(request)


def test_a_websocket_s_own_origin_has_the_scheme_of_its_page():
    policy = OriginPolicy(None, credentials=True)
    assert policy.allows(asked("https://chat.example", scheme="wss"))
    assert not policy.allows(asked("http://chat.example", scheme="wss"))


@pytest.mark.parametrize("credentials", [False, True])
def test_a_browser_is_told_that_it_may(credentials):
    headers = dict(OriginPolicy("*", credentials=credentials).headers(asked(FOREIGN)))
    assert headers[b"access-control-allow-origin"] == FOREIGN.encode()
    assert headers[b"vary"] == b"Origin"
    assert (b"access-control-allow-credentials" in headers) is credentials


def test_a_browser_that_asks_beforehand_is_told_how():
    request = asked(FOREIGN, "OPTIONS", (b"access-control-request-headers", b"x-one, x-two"))
    policy = OriginPolicy("*", credentials=True)
    headers = dict(policy.headers(request))
    assert policy.answers
    assert headers[b"access-control-allow-methods"] == b"OPTIONS, GET, POST"
    assert headers[b"access-control-allow-headers"] == b"x-one, x-two"


@pytest.mark.parametrize(("origins", "answers"), [(None, False), ([], False), ("*", True)])
def test_without_the_option_nothing_is_told_beforehand(origins, answers):
    assert OriginPolicy(origins, credentials=True).answers is answers


def test_nothing_is_told_to_who_may_not_or_when_it_is_off():
    assert not OriginPolicy(None, credentials=True).headers(asked(FOREIGN))
    assert not OriginPolicy([], credentials=True).headers(asked(FOREIGN))
    assert not OriginPolicy("*", credentials=True).headers(asked(None))


# --- what handlers see ------------------------------------------------------------------------------


def test_a_request_is_shown_as_an_environment():
    given = [
        (b"x-forwarded-for", b"1.1.1.1"),
        (b"x-forwarded-for", b"2.2.2.2"),
        (b"content-type", b"text/plain"),
        (b"cookie", b"a=b"),
    ]
    asked = scope(b"EIO=4", *given)
    environ = environ_of(asked)
    assert environ["asgi.scope"] is asked
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["PATH_INFO"] == "/socket.io/"
    assert environ["QUERY_STRING"] == "EIO=4"
    assert (environ["REMOTE_ADDR"], environ["REMOTE_PORT"]) == ("10.0.0.1", "4711")
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("10.0.0.2", "80")
    assert environ["HTTP_HOST"] == "chat.example"
    assert environ["HTTP_X_FORWARDED_FOR"] == "1.1.1.1,2.2.2.2"
    assert environ["CONTENT_TYPE"] == "text/plain"
    assert environ["HTTP_COOKIE"] == "a=b"


@pytest.mark.parametrize(
    ("scheme", "shown"), [("ws", "http"), ("wss", "https"), ("https", "https")]
)
def test_the_scheme_is_that_of_the_page(scheme, shown):
    assert environ_of(scope(scheme=scheme))["wsgi.url_scheme"] == shown


def test_a_server_that_knows_no_addresses_is_no_error():
    environ = environ_of(scope(client=None, server=None))
    assert environ["REMOTE_ADDR"] == ""


def test_of_a_scope_that_was_shortened_the_rest_is_shown():
    assert environ_of({"user": "ada"}) == {"asgi.scope": {"user": "ada"}}


@pytest.mark.parametrize(("seconds", "after"), [(0.0, b"1"), (0.4, b"1"), (2.6, b"3")])
def test_who_comes_too_early_is_told_when_to_come_back(seconds, after):
    answer = busy(seconds)
    assert answer.status == 503
    assert dict(answer.headers)[b"retry-after"] == after
