"""Guest passes: who brings one is the same guest again, and nothing is stored.

A pass is `guest_<time of issue, ms>_<256 random bits>`. The guest's id is the UUIDv7 of that time
and of 74 bits of the pass's SHA-256, so nobody finds the pass by the id.
"""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tertulia.accounts.contract import Identity, UserView
from tertulia.kernel.actor import Actor
from tertulia.kernel.errors import Unauthenticated
from tertulia.kernel.ids import uuid7

PREFIX = "guest_"
VALID = timedelta(days=30)
SKEW = timedelta(minutes=5)
"""How far ahead the clock of the server that issued a pass may have been."""

_PASS = re.compile(r"guest_([0-9]{1,14})_[A-Za-z0-9_-]{43}")
_BITS = 74


def check_guests(policy: str, actor: Actor) -> None:
    """`Unauthenticated` where the policy (`on`, `local`, `off`) lets no guest of this caller."""
    if policy == "on" or (policy == "local" and actor.local):
        return
    raise Unauthenticated


def guest_pass(now: datetime, secret: str) -> str:
    """The pass issued now; `secret` is 256 random bits in 43 characters of base64url."""
    return f"{PREFIX}{_milliseconds(now)}_{secret}"


def read_pass(token: str, now: datetime, display_name: str | None) -> Identity:
    """The guest of a pass; without a name, one made from the id. `Unauthenticated`."""
    match = _PASS.fullmatch(token)
    if match is None:
        raise Unauthenticated
    issued = int(match[1])
    if not _milliseconds(now - VALID) < issued <= _milliseconds(now + SKEW):
        raise Unauthenticated
    guest_id = uuid7(issued, _bits(token))
    user = UserView(
        id=guest_id,
        username=None,
        display_name=display_name or f"Guest {guest_id[-4:]}",
        avatar_url=None,
        kind="guest",
    )
    session_id = uuid7(issued, _bits(f"session of {token}"))
    return Identity(user=user, session_id=session_id, administrator=False, version=0)


def _bits(text: str) -> int:
    digest = sha256(text.encode()).digest()
    return int.from_bytes(digest) >> 256 - _BITS


def _milliseconds(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
