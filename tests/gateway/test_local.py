"""What is *local*, decided in one place (protocol.md, Who asks)."""

from ipaddress import ip_network
from typing import Any

import pytest

from tertulia.gateway import EdgeSettings
from tertulia.gateway.caller import Caller, Callers
from tertulia.kernel.errors import Malformed
from tests.gateway.house import House
from tests.gateway.site import in_process, open_gateway


def caller(
    peer: str | None = "127.0.0.1",
    host: str = "localhost:8000",
    scheme: str = "http",
    *,
    any_host: bool = False,
    settings: dict[str, Any] | None = None,
    **headers: str,
) -> Caller:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    raw = [(b"host", host.encode())]
    raw += [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
    scope = {"client": (peer, 1) if peer else None, "scheme": scheme, "headers": raw}
    return Callers(EdgeSettings(web_app=None, **(settings or {}))).of(scope, any_host=any_host)


@pytest.mark.parametrize("peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000", "LOCALHOST:1"])
def test_a_program_on_this_machine_is_local(peer: str, host: str):
    assert caller(peer, host).local


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1", "http://[::1]:8"])
def test_a_page_of_this_machine_is_local(origin: str):
    assert caller(origin=origin).local


@pytest.mark.parametrize("base_url", [None, "http://localhost:8000", "http://127.0.0.1"])
def test_a_local_base_url_leaves_things_local(base_url: str | None):
    assert caller(settings={"base_url": base_url}).local


@pytest.mark.parametrize(
    "changed",
    [
        {"peer": "192.168.1.7"},
        {"peer": "::ffff:10.0.0.1"},
        {"peer": None},
        {"host": "chat.example"},
        {"host": "localhost.evil.example"},
        {"host": "localhost."},
        {"host": "127.0.0.1.nip.example"},
        {"host": "127.1"},
        {"x_forwarded_for": "127.0.0.1"},
        {"x_forwarded_host": "localhost"},
        {"x_forwarded_proto": "http"},
        {"x_forwarded_anything": ""},
        {"forwarded": "for=127.0.0.1"},
        {"via": "1.1 proxy"},
        {"x_real_ip": "127.0.0.1"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost.evil.example"},
        {"origin": "file://localhost"},
        {"settings": {"base_url": "https://chat.example"}},
        {"x_forwarded_for": "127.0.0.1", "settings": {"trusted_proxies": ["127.0.0.0/8"]}},
    ],
    ids=str,
)
def test_anything_else_is_not_local(changed: dict[str, Any]):
    settings = dict(changed.pop("settings", {}))
    if "trusted_proxies" in settings:
        settings["trusted_proxies"] = [ip_network(it) for it in settings["trusted_proxies"]]
    assert not caller(settings=settings, **changed).local


PROXY = {"trusted_proxies": [ip_network("10.0.0.0/8"), ip_network("127.0.0.1/32")]}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "not an address", ""),
        ("10.0.0.1", "", ""),
    ],
)
def test_forwarded_addresses_count_from_trusted_proxies_only(
    peer: str, forwarded: str, address: str
):
    assert caller(peer, settings=PROXY, x_forwarded_for=forwarded).address == address


def test_forwarded_scheme_and_host_make_the_origin_behind_a_trusted_proxy_only():
    forged: Any = {"x_forwarded_proto": "https", "x_forwarded_host": "evil.example"}
    stranger = caller("203.0.113.9", "chat.example", settings=PROXY, **forged)
    assert (stranger.server_origin, stranger.secure) == ("http://chat.example", False)
    behind = caller("10.0.0.1", "inner:8000", settings=PROXY, **forged)
    assert (behind.server_origin, behind.secure) == ("https://evil.example", True)


def test_the_last_forwarded_value_is_the_one_the_proxy_saw():
    behind = caller(
        "10.0.0.1",
        settings=PROXY,
        x_forwarded_proto="http, https",
        x_forwarded_host="evil.example, chat.example",
    )
    assert behind.server_origin == "https://chat.example"


@pytest.mark.parametrize("host", ["x/../admin", "", "a b", "chat.example@evil", "[::1", "a:b", "é"])
def test_what_is_no_host_is_refused(host: str):
    with pytest.raises(Malformed):
        caller(host=host)


@pytest.mark.parametrize(
    ("host", "accepted"),
    [
        ("chat.example", True),
        ("CHAT.example:443", True),
        ("localhost:8000", True),
        ("127.0.0.1", True),
        ("evil.example", False),
        ("chat.example:8000", False),
        ("chat.example.evil", False),
    ],
)
def test_with_a_base_url_only_its_host_and_local_ones_are_answered(host: str, accepted: bool):
    settings = {"base_url": "https://chat.example"}
    assert caller(host=host, any_host=True, settings=settings)
    if accepted:
        assert caller(host=host, settings=settings)
    else:
        with pytest.raises(Malformed):
            caller(host=host, settings=settings)


async def test_a_foreign_host_is_a_problem_everywhere_but_for_the_probes(house: House):
    gateway = open_gateway(house, base_url="https://chat.example")
    await gateway.start()
    async with in_process(gateway, base_url="http://evil.example") as http:
        for path in ("/api/v1/server", "/", "/socket.io/?EIO=4&transport=polling", "/metrics"):
            answer = await http.get(path)
            assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
        assert (await http.get("/healthz")).is_success
        assert (await http.get("/readyz")).is_success


@pytest.mark.parametrize("path", ["/metrics", "/api/docs", "/api/openapi.json", "/api/docs.css"])
async def test_what_is_inside_is_shown_to_what_is_local_and_to_administrators(
    house: House, path: str
):
    gateway = open_gateway(house)
    async with in_process(gateway) as here:
        assert (await here.get(path)).status_code == 200
        proxied = await here.get(path, headers={"X-Forwarded-For": "127.0.0.1"})
        assert proxied.status_code == 404
    async with in_process(gateway, peer="203.0.113.9") as afar:
        assert (await afar.get(path)).status_code == 404
        assert (await afar.get(path, headers=house.bruno.bearer)).status_code == 404
        assert (await afar.get(path, headers={"Authorization": "Bearer x"})).status_code == 404
        assert (await afar.get(path, headers=house.ana.bearer)).status_code == 200
        assert (await afar.get(path, headers=house.ana.cookie)).status_code == 200


async def test_late_parts_are_named_inside_only(house: House):
    gateway = open_gateway(house)
    async with in_process(gateway) as here:
        answer = await here.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "late": ["gateway"]})
    async with in_process(gateway, peer="203.0.113.9") as afar:
        assert (await afar.get("/readyz")).json() == {"ready": False}
        assert (await afar.get("/healthz")).json() == {"alive": True}
    await gateway.start()
    async with in_process(gateway) as here:
        assert (await here.get("/readyz")).json() == {"ready": True}


async def test_an_actor_knows_where_it_asked_from(house: House):
    gateway = open_gateway(house)
    async with in_process(gateway, peer="203.0.113.9", base_url="http://chat.example") as http:
        await http.get("/api/v1/server", headers={"User-Agent": "a browser"})
    _, actor = house.asked[-1]
    assert (actor.address, actor.local, actor.client) == ("203.0.113.9", False, "a browser")
    assert actor.origin == "http://chat.example"
