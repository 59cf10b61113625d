"""`TERTULIA_FAILPOINT`: read at the start, and obeyed by a server that only this machine reaches."""

import os
from ipaddress import ip_address
from urllib.parse import urlsplit

import structlog

from tertulia.kit import failpoints
from tertulia.runtime.data import CannotStart
from tertulia.runtime.settings import Settings

VARIABLE = "TERTULIA_FAILPOINT"
log = structlog.get_logger(__name__)


def arm_failpoints(settings: Settings) -> None:
    """Arm what the variable names; elsewhere than on a local server it is inert. Raises `CannotStart`."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    if not _is_local(settings):
        log.warning("failpoints_ignored", reason="the server is not local")
        return
    try:
        failpoints.arm(wanted)
    except failpoints.UnknownFailpoint as error:
        detail = f"{VARIABLE}: there is no failpoint “{error}”"
        known = ", ".join(failpoints.NAMES)
        raise CannotStart("failpoint", detail, failpoint=error, known=known) from error
    log.warning("failpoints_armed", failpoints=wanted)


def _is_local(settings: Settings) -> bool:
    hosts = [settings.host]
    if settings.base_url is not None:
        hosts.append(urlsplit(settings.base_url).hostname or "")
    return all(map(_is_loopback, hosts))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
