"""What a person reads on the terminal, in their language. Logs are English, always.

`TERTULIA_LANGUAGE` chooses, else the environment does as POSIX says: `LC_ALL`, `LC_MESSAGES`,
`LANG`, the first that is not empty. Spanish where it begins with `es`, English otherwise.
"""

import os
import re
from collections.abc import Mapping

from tertulia.cli.words import checks, en, es, moving, processes

VARIABLES = ("TERTULIA_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
CATALOGUES: Mapping[str, Mapping[str, str]] = {
    "en": en.WORDS | checks.EN | moving.EN | processes.EN,
    "es": es.WORDS | checks.ES | moving.ES | processes.ES,
}


def choose_language(variables: Mapping[str, str]) -> str:
    """`en` or `es`, by the variables of an environment."""
    chosen = next((variables[name] for name in VARIABLES if variables.get(name)), "")
    return "es" if re.match(r"es(?![a-z])", chosen, re.IGNORECASE) else "en"


_WORDS = CATALOGUES[choose_language(os.environ)]


def word(key: str, **values: object) -> str:
    """The text of a key, with its values."""
    return _WORDS[key].format(**values)


def find_word(key: str, values: Mapping[str, object]) -> str | None:
    """The text of a key that came from elsewhere; None where it or one of its values is missing."""
    try:
        return _WORDS[key].format_map(values)
    except KeyError:
        return None
