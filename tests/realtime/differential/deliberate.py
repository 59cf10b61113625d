"""Where the engine differs from the reference implementation on purpose, and what it does instead."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Difference:
    """The engine's channels end otherwise: up to there they say the same as the reference."""

    reason: str
    instead: dict[str, list[str]] = field(default_factory=dict)

    def expected(
        self, oracle: dict[str, list[str]], engine: dict[str, list[str]]
    ) -> dict[str, list[str]]:
        """The transcript that the engine must have."""
        changed = {
            channel: oracle[channel][: len(engine[channel]) - len(tail)] + tail
            for channel, tail in self.instead.items()
        }
        return oracle | changed


def closes(reason: str, *names: str) -> dict[str, Difference]:
    """The reference goes on, the engine closes the WebSocket."""
    return dict.fromkeys(names, Difference(reason, {"ws": ["(close 1005)"]}))


DELIBERATE: dict[str, Difference] = {}
