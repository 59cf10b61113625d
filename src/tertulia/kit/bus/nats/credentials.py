"""How a process signs in to NATS, and how it knows that it speaks with the right one."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """One way of signing in, or none where the URL holds it; and the files of TLS, where it is used."""

    user: str | None = None
    password: str | None = None
    token: str | None = None
    nkey_seed: Path | None = None
    """A file with the seed of an nkey."""
    creds: Path | None = None
    """A file with a user's JWT and seed, as `nsc` writes it."""
    ca: Path | None = None
    """Whom to believe, instead of the authorities of the system. Turns TLS on."""
    cert: Path | None = None
    key: Path | None = None
    """The client's own certificate, where the server asks for one."""

    def options(self) -> dict[str, Any]:
        """The same in the words of nats-py."""
        said: dict[str, Any] = {
            "user": self.user,
            "password": self.password,
            "token": self.token,
            "nkeys_seed": self.nkey_seed and str(self.nkey_seed),
            "user_credentials": self.creds and str(self.creds),
            "tls": self._tls(),
        }
        return {name: value for name, value in said.items() if value is not None}

    def _tls(self) -> ssl.SSLContext | None:
        if self.ca is None and self.cert is None:
            return None
        context = ssl.create_default_context(cafile=self.ca)
        if self.cert is not None:
            context.load_cert_chain(self.cert, self.key)
        return context
