"""The web app: its files with fitting caching and compression, and its page for every other path."""

import asyncio
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from tertulia.kernel.errors import NotFound

PACKAGE = Path(__file__).resolve().parents[1]
INDEX = "index.html"
HASHED = "assets/"
"""Below it a name holds a hash of the content, so it never means anything else."""
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "image/svg+xml")
SMALL = 1024

mimetypes.add_type("text/javascript", ".js")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("application/manifest+json", ".webmanifest")

ABSENT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Tertulia</title>
<h1>The server runs. The web app is not built.</h1>
<p>In a checkout of the source, <code>make web</code> builds it (it needs Node) and a new start serves it.
An installed package has it inside.</p>
<h1 lang="es">El servidor funciona. La aplicación web no está construida.</h1>
<p lang="es">Con el código fuente, <code>make web</code> la construye (necesita Node) y al arrancar de nuevo
se sirve. El paquete instalado la lleva dentro.</p>
</html>
"""


def find_web_app() -> Path | None:
    """The app inside the installed package, else the one built in a source checkout, else none."""
    folders = (PACKAGE / "static", PACKAGE.parents[2] / "web" / "dist")
    return next((folder for folder in folders if (folder / INDEX).is_file()), None)


@dataclass(frozen=True)
class Asset:
    """A file of the app in memory, as it is and, where that is smaller, compressed."""

    body: bytes
    compressed: bytes | None
    media_type: str
    etag: str
    modified: str
    hashed: bool


class WebApp:
    """Serves the app from a folder. Unknown paths are its own: they get the page."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder.resolve() if folder else None
        self._assets: dict[str, tuple[int, Asset]] = {}

    async def respond(self, request: Request) -> Response:
        """The file of the path, else the page. `NotFound` for a file that a page asks for."""
        if self._folder is None:
            return Response(ABSENT, status_code=503, media_type="text/html")
        path = request.scope["path"].lstrip("/") or INDEX
        file = _inside(self._folder, path)
        if file is None:
            if path.startswith(HASHED) or "." in path.rpartition("/")[2]:
                raise NotFound
            file = self._folder / INDEX
        return _response(await self._asset(file), request)

    async def _asset(self, file: Path) -> Asset:
        changed = _changed(file)
        known = self._assets.get(str(file))
        if known and known[0] == changed:
            return known[1]
        hashed = file.parent.name == HASHED.rstrip("/")
        asset = await asyncio.to_thread(_load, file, hashed=hashed)
        self._assets[str(file)] = changed, asset
        return asset


def _inside(folder: Path, path: str) -> Path | None:
    """The file below the folder, however the path tries to leave it."""
    if "\\" in path:
        return None
    try:
        file = (folder / path).resolve()
        found = file.is_relative_to(folder) and file.is_file()
    except (OSError, ValueError):
        return None
    return file if found else None


def _changed(file: Path) -> int:
    return file.stat().st_mtime_ns


def _load(file: Path, *, hashed: bool) -> Asset:
    body = file.read_bytes()
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    compressed = None
    if len(body) >= SMALL and media_type.startswith(COMPRESSIBLE):
        compressed = gzip.compress(body, 9, mtime=0)
    return Asset(
        body=body,
        compressed=compressed,
        media_type=media_type,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        modified=formatdate(file.stat().st_mtime, usegmt=True),
        hashed=hashed,
    )


def _response(asset: Asset, request: Request) -> Response:
    lasting = "public, max-age=31536000, immutable" if asset.hashed else "no-cache"
    headers = {
        "cache-control": lasting,
        "etag": asset.etag,
        "last-modified": asset.modified,
        "vary": "Accept-Encoding",
    }
    if asset.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    body = asset.body
    if asset.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = asset.compressed
        headers["content-encoding"] = "gzip"
    return Response(body, headers=headers, media_type=asset.media_type)
