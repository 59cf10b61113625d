"""Sessions: how long they last, when they count as fresh, and what is kept of their tokens."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest

from tertulia.accounts.contract import SessionView

LASTS = timedelta(days=30)
"""From the last use."""
TOUCH = timedelta(minutes=5)
"""How far `seen_at` may lag behind the last use."""
FRESH = timedelta(minutes=10)
"""How long after a sign-in no password is asked for again."""
LISTED = 200
CLIENT = 256
"""Characters kept of what a client calls itself."""

_TOKEN = re.compile(r"session_[A-Za-z0-9_-]{43}")


@dataclass(frozen=True)
class Session:
    """A sign-in as it is stored: without its token, of which the digest remains."""

    id: str
    user_id: str
    digest: str
    created_at: datetime
    seen_at: datetime
    client: str
    ended_at: datetime | None = None


def session_token(secret: str) -> str:
    """A token; `secret` is 256 random bits in 43 characters of base64url."""
    return f"session_{secret}"


def is_token(text: str) -> bool:
    """Whether the text has the form of a session's token."""
    return _TOKEN.fullmatch(text) is not None


def token_digest(token: str) -> str:
    """What is stored of a token: its SHA-256, in hexadecimal."""
    return sha256(token.encode()).hexdigest()


def is_live(session: Session, now: datetime) -> bool:
    """Whether its token is good: not ended, and used within the last 30 days."""
    return session.ended_at is None and now - session.seen_at < LASTS


def is_good(session: Session, digest: str, now: datetime) -> bool:
    """Whether this digest opens the session. Takes as long for every digest."""
    return compare_digest(session.digest, digest) and is_live(session, now)


def needs_touch(session: Session, now: datetime) -> bool:
    """Whether its last use should be written down anew."""
    return now - session.seen_at >= TOUCH


def is_fresh(session: Session | None, now: datetime) -> bool:
    """Whether it was signed in just now, so that a sensitive change may go ahead."""
    return session is not None and is_live(session, now) and now - session.created_at < FRESH


def session_view(session: Session, current: str | None) -> SessionView:
    """A session as its person sees it."""
    return SessionView(
        id=session.id,
        created_at=session.created_at,
        seen_at=session.seen_at,
        client=session.client,
        current=session.id == current,
    )


def client_name(text: str) -> str:
    """What a client calls itself, in one line of printable characters."""
    return "".join(filter(str.isprintable, text))[:CLIENT]
