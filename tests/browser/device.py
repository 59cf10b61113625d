"""What somebody holds in their hands: a language and a size, drawn by the seed of the run."""

import os
from dataclasses import dataclass
from random import Random, SystemRandom
from typing import Any

from tests.browser.words import LANGUAGES, Language

SEED = os.environ.get("TERTULIA_SEED") or str(SystemRandom().randrange(10_000))
LOCALES: dict[Language, str] = {"en": "en-GB", "es": "es-ES"}
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


@dataclass(frozen=True)
class Device:
    """A desktop with a mouse, or a phone with a finger, that prefers a language."""

    language: Language
    phone: bool

    def __str__(self) -> str:
        return f"{self.language}, {'phone' if self.phone else 'desktop'}"

    def options(self) -> dict[str, Any]:
        """For a browser context."""
        return {
            "locale": LOCALES[self.language],
            "timezone_id": "Europe/Madrid",
            "viewport": PHONE if self.phone else DESKTOP,
            "has_touch": self.phone,
            "is_mobile": self.phone,
        }


class Draw:
    """Draws devices, the same ones for the same seed and test."""

    def __init__(self, test: str) -> None:
        self._random = Random(f"{SEED} {test}")

    def __call__(self, *, language: Language | None = None, phone: bool | None = None) -> Device:
        """A device; what is given is not drawn."""
        drawn = Device(self._random.choice(LANGUAGES), self._random.random() < 0.5)
        return Device(
            language=language or drawn.language, phone=drawn.phone if phone is None else phone
        )
