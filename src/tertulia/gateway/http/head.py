"""The head of a request: not endless, and with one length for its body."""

from collections.abc import MutableMapping
from typing import Any

from tertulia.kernel.errors import Malformed

MOST_HEADERS = 100
MOST_BYTES = 32 * 1024
_LENGTHS = frozenset({b"content-length", b"transfer-encoding"})


class BadHead(Malformed):
    """Two readers could find the end of this request in two places."""

    code, status, detail = "invalid", 400, "The request gives its length twice."


class HeadTooLarge(BadHead):
    """More headers than anybody needs."""

    code, status, detail = "invalid", 431, "The headers are too large."


def check_head(scope: MutableMapping[str, Any]) -> None:
    """Refuse what should not be read on. After a `BadHead` the connection is closed."""
    headers = scope["headers"]
    if len(headers) > MOST_HEADERS or sum(len(n) + len(v) for n, v in headers) > MOST_BYTES:
        raise HeadTooLarge
    if {name for name, _ in headers} >= _LENGTHS:
        raise BadHead
