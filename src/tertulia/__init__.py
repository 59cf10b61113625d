"""Tertulia: the conversation server you can pip install.

`tertulia.client` is the part for other programs; the rest is the server (see ARCHITECTURE.md).
"""

from importlib.metadata import version

__version__ = version("tertulia")
"""The version of the installed distribution, as `MAJOR.MINOR.PATCH`."""
