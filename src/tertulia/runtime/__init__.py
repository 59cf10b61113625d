"""The composition root: settings, the table of services, start and stop order, and which drivers.

For a program that mounts Tertulia:

    from tertulia.runtime import Settings, create_app
"""

from tertulia.runtime.application import Application, create_app
from tertulia.runtime.data import CannotStart
from tertulia.runtime.settings import Settings

__all__ = ["Application", "CannotStart", "Settings", "create_app"]
