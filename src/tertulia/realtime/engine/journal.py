"""Where a server says what goes wrong in an application."""

import asyncio
import logging
from typing import Any

DEFAULT = logging.getLogger("tertulia.realtime")


def logger_of(wanted: bool | logging.Logger) -> logging.Logger:
    """The logger that an application gives; for a bool the library's, which True makes talk."""
    if isinstance(wanted, logging.Logger):
        return wanted
    if wanted and not DEFAULT.handlers:
        DEFAULT.setLevel(logging.INFO)
        DEFAULT.addHandler(logging.StreamHandler())
    return DEFAULT


def failed(logger: logging.Logger, event: str, error: BaseException | None) -> None:
    """Say that a handler failed, if it did; being cancelled is none."""
    if error is not None and not isinstance(error, asyncio.CancelledError):
        info: Any = error
        logger.error("%s handler error", event, exc_info=info)
