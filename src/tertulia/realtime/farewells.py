"""What a client is told before the server ends it."""

import asyncio
from collections.abc import Sequence
from typing import Any

from tertulia.realtime import packets
from tertulia.realtime.client import Client
from tertulia.realtime.engine.packets import Parcel
from tertulia.realtime.engine.socket import Socket
from tertulia.realtime.engine.transports import Reason
from tertulia.realtime.packets import Json
from tertulia.realtime.rooms import Member

CODES = {Reason.SLOW: "slow", Reason.FLOOD: "rate_limited"}
"""What the engine ends a client for, in the words of a goodbye."""


class Farewells:
    """Says goodbye with an event, where the application has named one."""

    def __init__(self, event: str | None, json: Json) -> None:
        self._event = event
        self._json = json

    def say(
        self, member: Member, code: str, after_ms: int | None, *, reconnect: bool = True
    ) -> None:
        """Say goodbye to a client, and close its transport.

        Clients of the protocol come back by themselves, unless the server has disconnected them first.
        """
        words = self._words(member, code, after_ms, reconnect=reconnect)
        last = [words] if words else []
        if not reconnect:
            last.append(packets.control(packets.DISCONNECT, member.namespace))
        member.socket.close(Reason.SERVER_DISCONNECT, *last)

    async def say_all(self, members: Sequence[Member], seconds: float, spread_ms: int) -> None:
        """Say goodbye to all within so many seconds, each to come back within so many milliseconds."""
        for number, member in enumerate(members):
            self.say(member, "going_away", spread_ms * number // len(members))
            await asyncio.sleep(seconds / len(members))

    def last_words(self, socket: Socket, reason: str) -> Parcel | None:
        """The goodbye to a client that the engine is about to close."""
        code, receiver = CODES.get(Reason(reason)), socket.receiver
        member = receiver.first_member() if isinstance(receiver, Client) else None
        return None if code is None or member is None else self._words(member, code, None)

    def _words(
        self, member: Member, code: str, after_ms: int | None, *, reconnect: bool = True
    ) -> Parcel | None:
        if self._event is None:
            return None
        told: dict[str, Any] = {"code": code, "reconnect": reconnect}
        if after_ms is not None:
            told["after_ms"] = after_ms
        return packets.event(
            self._event, told, id_=None, namespace=member.namespace, json=self._json
        )
