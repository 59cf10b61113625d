"""Clients of three kinds: a hostile one of raw WebSockets, the official one of npm, and HTTP.

The two with sockets have one face: `open(token)`, `ask`, `emit`, `cut`, and `over`. Every event is told as it
comes off the wire, below any dropping of doubles.
"""
