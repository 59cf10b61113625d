"""The servers under comparison: the same options, as each side calls them."""

from typing import Any

A, B = "http://a.example", "http://b.example"

HOUSES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "plain": ({}, {"cors_allowed_origins": []}),
    "small": ({"maxHttpBufferSize": 1000}, {"max_http_buffer_size": 1000}),
    "quick": (
        {"pingInterval": 400, "pingTimeout": 500},
        {"ping_interval": 0.4, "ping_timeout": 0.5},
    ),
    "hasty": (
        {"connectTimeout": 400, "upgradeTimeout": 400},
        {"limits": {"handshake_seconds": 0.4}},
    ),
    "websocket": ({"transports": ["websocket"]}, {"transports": ["websocket"]}),
    "polling": ({"transports": ["polling"]}, {"transports": ["polling"]}),
    "settled": ({"allowUpgrades": False}, {"allow_upgrades": False}),
    "engine": ({"layer": "engine"}, {"layer": "engine"}),
    "cookie": ({"cookie": {"name": "io"}}, {"cookie": "io"}),
    "open": (
        {"cors": {"origin": True}},
        {"cors_allowed_origins": "*", "cors_credentials": False},
    ),
    "picky": (
        {"cors": {"origin": [A, B], "credentials": True}},
        {"cors_allowed_origins": [A, B]},
    ),
}
"""Options of the reference implementation and of `tertulia.realtime.Server`, by the name of the house."""

ORACLE = {name: options for name, (options, _) in HOUSES.items()}
ENGINE = {name: options for name, (_, options) in HOUSES.items()}
