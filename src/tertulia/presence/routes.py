"""Presence has no HTTP calls: it is for who is connected."""

from tertulia.kit.edge import Route

ROUTES: tuple[Route, ...] = ()
