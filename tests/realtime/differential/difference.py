"""How the engine may differ from the reference implementation."""

from dataclasses import dataclass, field

from tests.realtime.differential.player import Said


@dataclass(frozen=True)
class Difference:
    """Some channels of the engine end otherwise: up to there they say the same as the reference.

    `swapped` are texts of the reference and what the engine says in their place.
    """

    reason: str
    instead: Said = field(default_factory=Said)
    swapped: dict[str, str] = field(default_factory=dict[str, str])

    def expected(self, oracle: Said, engine: Said) -> Said:
        """The transcript that the engine must have."""
        changed = {
            channel: oracle[channel][: max(0, len(engine[channel]) - len(tail))] + tail
            for channel, tail in self.instead.items()
        }
        return _swap(oracle | changed, self.swapped)


def _swap(said: Said, texts: dict[str, str]) -> Said:
    def swap(entry: str) -> str:
        for text, other in texts.items():
            entry = entry.replace(text, other)
        return entry

    return {channel: [swap(entry) for entry in entries] for channel, entries in said.items()}


Table = dict[str, Difference]


def instead(reason: str, said: Said, *names: str) -> Table:
    """The engine ends so in each of these scripts."""
    return dict.fromkeys(names, Difference(reason, said))


def error(status: int, code: int, message: str, channel: str = "ws") -> Said:
    """The reply to a request that is refused."""
    body = f'{{"code":{code},"message":"{message}"}}'
    return {channel: [f"{status}; content-type: application/json", body]}
