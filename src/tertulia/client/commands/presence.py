"""The commands of the service `presence`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tertulia.client.commands.base import Command


@dataclass(frozen=True)
class Watch(Command[Mapping[str, str]], name="presence.watch", part="states"):
    """Hear from now on when these people come and go, instead of those watched before."""

    user_ids: Sequence[str]


@dataclass(frozen=True)
class SetTyping(Command[None], name="presence.set_typing"):
    """Tell the others in a conversation that I am writing."""

    conversation_id: str
