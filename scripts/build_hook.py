"""Puts the built web app into the wheel.

The gateway serves the app from `tertulia/gateway/static/` of the installed package and, where that
folder is missing (a source checkout), from `web/dist/` of the checkout.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebAppHook(BuildHookInterface[Any]):
    """Adds `web/dist` as package data; an editable install goes without it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Maps the built app into the package.

        Raises:
            FileNotFoundError: the app was not built, and the wheel would serve no page.
        """
        if version == "editable":
            return
        app = Path(self.root, "web", "dist")
        if not (app / "index.html").is_file():
            message = f"{app}/index.html is missing: build the web app first (make web)"
            raise FileNotFoundError(message)
        build_data["force_include"][str(app)] = "tertulia/gateway/static"
