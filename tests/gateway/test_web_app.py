"""The web app: its files, its page for every path of its own, and what browsers are told about both."""

import gzip
from pathlib import Path

import httpx
import pytest

from tertulia.gateway.http.web_app import find_web_app
from tests.gateway.house import House
from tests.gateway.site import in_process, open_gateway

SCRIPT = "console.log('tertulia');" * 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    app = tmp_path / "dist"
    (app / "assets").mkdir(parents=True)
    (app / "index.html").write_text("<!doctype html><title>Tertulia</title>")
    (app / "favicon.svg").write_text("<svg/>")
    (app / "worker.js").write_text("self.addEventListener('fetch', () => undefined)")
    (app / "assets" / "index-abc123.js").write_text(SCRIPT)
    (app / "assets" / "font-abc123.woff2").write_bytes(bytes(2000))
    (tmp_path / "secret.txt").write_text("secret")
    (app / "out").symlink_to(tmp_path / "secret.txt")
    return app


@pytest.fixture
async def http(house: House, folder: Path):
    async with in_process(open_gateway(house, web_app=folder)) as client:
        yield client


@pytest.mark.parametrize("path", ["/", "/setup", "/join/abc", "/c/0198/m/0199", "/index.html"])
async def test_every_path_of_its_own_is_its_page(http: httpx.AsyncClient, path: str):
    page = await http.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Tertulia</title>" in page.text
    assert page.headers["cache-control"] == "no-cache"


async def test_a_page_is_protected(http: httpx.AsyncClient):
    headers = (await http.get("/")).headers
    assert headers["content-security-policy"] == (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self' ws: wss:; font-src 'self'; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["x-frame-options"] == "DENY"


async def test_behind_tls_the_browser_is_told_to_stay_there(house: House, folder: Path):
    gateway = open_gateway(house, web_app=folder)
    async with in_process(gateway, base_url="https://localhost") as http:
        assert "max-age" in (await http.get("/")).headers["strict-transport-security"]


async def test_what_has_a_hash_in_its_name_is_kept_for_good(http: httpx.AsyncClient):
    script = await http.get("/assets/index-abc123.js")
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-type"].startswith("text/javascript")
    font = await http.get("/assets/font-abc123.woff2")
    assert font.headers["content-type"] == "font/woff2"
    assert (await http.get("/favicon.svg")).headers["cache-control"] == "no-cache"


async def test_the_service_worker_is_asked_for_anew_each_time(http: httpx.AsyncClient):
    worker = await http.get("/worker.js")
    assert worker.headers["cache-control"] == "no-cache"
    assert worker.headers["content-type"].startswith("text/javascript")
    etag = worker.headers["etag"]
    assert (await http.get("/worker.js", headers={"If-None-Match": etag})).status_code == 304


async def test_text_is_compressed_for_who_takes_that(http: httpx.AsyncClient):
    path = "/assets/index-abc123.js"
    async with http.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["vary"] == "Accept-Encoding"
    assert gzip.decompress(raw).decode() == SCRIPT
    plain = await http.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    font = await http.get("/assets/font-abc123.woff2", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in font.headers


async def test_what_a_browser_has_is_not_sent_again(http: httpx.AsyncClient):
    etag = (await http.get("/")).headers["etag"]
    again = await http.get("/", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_changed_file_is_read_again(http: httpx.AsyncClient, folder: Path):
    await http.get("/")
    (folder / "index.html").write_text("<title>Another</title>")
    assert "Another" in (await http.get("/")).text


@pytest.mark.parametrize(
    "path",
    [
        "/assets/missing-abc.js",
        "/missing.js",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%5csecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "//etc/passwd.txt",
        "/secret.txt%00.html",
    ],
)
async def test_what_is_not_there_is_404_and_nothing_leads_out(http: httpx.AsyncClient, path: str):
    answer = await http.get(path)
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_a_link_out_of_the_folder_leads_nowhere(http: httpx.AsyncClient):
    assert "secret" not in (await http.get("/out")).text


async def test_without_the_app_a_page_says_how_to_build_it(house: House):
    async with in_process(open_gateway(house)) as http:
        page = await http.get("/")
    assert page.status_code == 503
    assert "make web" in page.text
    assert "content-security-policy" in page.headers


def test_the_app_of_the_package_or_the_checkout_is_found():
    found = find_web_app()
    assert found is None or (found / "index.html").is_file()
