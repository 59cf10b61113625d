"""What each client heard of each conversation, cut where it began anew."""

from dataclasses import dataclass, field

from tertulia.chaos.history import Began, Heard, History, Lost, Record, Revoked


@dataclass
class Sighting:
    """What a client heard of a conversation from one beginning to the next, or to a lost connection."""

    began: Began
    live: list[Heard] = field(default_factory=list)
    caught_up: list[Heard] = field(default_factory=list)
    whole: bool = True
    """Whether it lasted to the end of the history, so that all of it must have been heard."""

    @property
    def name(self) -> str:
        """Who heard, and where."""
        return f"{self.began.client} in {self.began.conversation_id}"


def sightings(history: History) -> list[Sighting]:
    """In the order in which they began."""
    watch = _Watch()
    for record in history.records:
        watch.see(record)
    return watch.found


class _Watch:
    """The sightings so far, and those that go on."""

    def __init__(self) -> None:
        self.found: list[Sighting] = []
        self._current: dict[tuple[str, str], Sighting] = {}

    def see(self, record: Record) -> None:
        match record:
            case Began():
                self._begin(record)
            case Heard():
                self._hear(record)
            case Lost():
                self._end(record.client)
            case Revoked():
                self._revoke(record)
            case _:
                pass

    def _begin(self, began: Began) -> None:
        place = (began.client, began.conversation_id)
        if place in self._current:
            self._current[place].whole = False
        self._current[place] = Sighting(began)
        self.found.append(self._current[place])

    def _hear(self, heard: Heard) -> None:
        sighting = self._current.get((heard.client, heard.conversation_id))
        if sighting is not None:
            (sighting.live if heard.by == "live" else sighting.caught_up).append(heard)

    def _end(self, client: str) -> None:
        for place in [it for it in self._current if it[0] == client]:
            self._current.pop(place).whole = False

    def _revoke(self, revoked: Revoked) -> None:
        """Frames up to the removal may still come: the sighting goes on."""
        for sighting in self._current.values():
            if _is_revoked(sighting.began, revoked):
                sighting.whole = False


def _is_revoked(began: Began, revoked: Revoked) -> bool:
    return revoked.user_id == began.user_id and revoked.conversation_id in {
        None,
        began.conversation_id,
    }
