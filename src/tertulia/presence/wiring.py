"""How presence is put together."""

from tertulia.conversations.contract.spaces import SpaceAdded, SpaceRemoved
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.kit.service import Kit, Service
from tertulia.presence.contract import Connect, Disconnect, Presume, Renew, SetTyping, Watch
from tertulia.presence.handlers import Presence


def wire(kit: Kit) -> Service:
    """Presence asks conversations who may see whom."""
    presence = Presence(kit)
    return Service(
        name="presence",
        serves={
            Watch: presence.watch,
            SetTyping: presence.set_typing,
            Connect: presence.connect,
            Disconnect: presence.disconnect,
            Renew: presence.renew,
            Presume: presence.presume,
        },
        live={
            MemberLeft: presence.member_left,
            SpaceRemoved: presence.space_removed,
            SpaceAdded: presence.space_added,
        },
        missed=presence.missed,
        needs=("conversations",),
        on_start=presence.start,
        on_stop=presence.stop,
    )
