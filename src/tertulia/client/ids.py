"""Names for what this client creates."""

import secrets
import time
from uuid import UUID


def new_id() -> str:
    """Return a fresh UUIDv7 (RFC 9562, section 5.7) as a lower-case string."""
    value = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(UUID(int=value))


def is_id(text: str) -> bool:
    """Say whether `text` is written like an id rather than like a name."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
