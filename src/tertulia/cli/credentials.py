"""Where the client commands find the server and the token.

`TERTULIA_URL` and `TERTULIA_TOKEN` go before the file that `tertulia login` writes, which only its
owner can read.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import NamedTemporaryFile

import platformdirs

from tertulia.client.client import LOCAL_URL


@dataclass(frozen=True)
class Credentials:
    """A server, and who one is there; without a token, a guest.

    `user_id` is known of who signed in by `tertulia login`.
    """

    url: str = LOCAL_URL
    token: str | None = field(default=None, repr=False)
    user_id: str | None = None


def load_credentials() -> Credentials:
    """Read what holds. A saved token is for the server it was saved with, and for no other."""
    saved = _load_saved()
    url = os.environ.get("TERTULIA_URL") or saved.url
    if token := os.environ.get("TERTULIA_TOKEN"):
        return Credentials(url, token)
    return saved if url == saved.url else Credentials(url)


def save_credentials(credentials: Credentials) -> Path:
    """Keep credentials for the next commands; return the file, which only its owner can read."""
    path = find_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        json.dump(asdict(credentials), file)
    Path(file.name).replace(path)
    return path


def find_file() -> Path:
    """Return where the credentials are kept."""
    return platformdirs.user_config_path("tertulia", appauthor=False) / "credentials.json"


def _load_saved() -> Credentials:
    try:
        told = json.loads(find_file().read_text("utf-8"))
        return Credentials(str(told["url"]), told["token"], told.get("user_id"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Credentials()
