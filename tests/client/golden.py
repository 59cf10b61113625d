"""The client's two state machines together, told what a golden file says."""

from typing import Any

from tertulia.client.events import Read, SettingsChanged
from tertulia.client.models import Head, Message, MessagePage, Thread
from tertulia.client.reducer import Change, Reducer
from tertulia.client.state import ConversationState
from tertulia.client.updates import CaughtUp, read_update

Told = dict[str, Any]


class Client:
    """What a client keeps of the one conversation of a scenario."""

    def __init__(self, scenario: dict[str, Any]) -> None:
        page = MessagePage.model_validate(scenario["snapshot"])
        self.id = scenario["snapshot"]["conversation"]["id"]
        self.state = ConversationState(page, scenario["viewer_id"])
        for thread in scenario["threads"].values():
            self.state.add(Thread.model_validate(thread).items)
        self.reducer = Reducer()
        self.reducer.ready({self.id: Head(epoch=page.epoch, head=page.head)})

    def take(self, name: str, told: Any) -> None:
        """Take one input of a scenario."""
        getattr(self, f"_take_{name}")(told)

    def shows(self, field: str) -> Any:
        """One field of the state that a scenario expects, in its form."""
        return getattr(self, f"_show_{field}")()

    def _apply(self, changes: list[Change]) -> None:
        for change in changes:
            self.state.apply(change)

    def _take_update(self, told: Told) -> None:
        self._apply(self.reducer.update(read_update(told)))

    def _take_read(self, told: Told) -> None:
        self.state.apply(Read.model_validate(told))

    def _take_settings_changed(self, told: Told) -> None:
        self.state.apply(SettingsChanged.model_validate(told))

    def _take_removed(self, told: Told) -> None:
        self._apply(self.reducer.removed(told["conversation_id"]))

    def _take_lost(self, _: Told) -> None:
        self.reducer.lost()

    def _take_ready(self, told: Told) -> None:
        heads = {name: Head.model_validate(head) for name, head in told["heads"].items()}
        self._apply(self.reducer.ready(heads))
        self._take_heads(heads)

    def _take_heads(self, heads: dict[str, Head]) -> None:
        if self.id in heads:
            self.state.take_head(heads[self.id])

    def _take_caught_up(self, told: Told) -> None:
        answer = CaughtUp.model_validate(told)
        self._apply(self.reducer.caught_up(self.reducer.find_missing(), answer))
        self._take_heads(dict(answer.heads))

    def _take_snapshot(self, told: Told) -> None:
        assert self.reducer.stale() == [self.id]
        self._apply(self.reducer.snapshot(self.id, MessagePage.model_validate(told)))

    def _take_expect(self, expected: dict[str, Any]) -> None:
        for field, value in expected.items():
            assert self.shows(field) == value, field

    def _show_followed(self) -> bool:
        assert self.state.is_mine == (self.id in self.reducer.list_mine())
        return self.state.is_mine

    def _show_position(self) -> Told:
        assert self.state.position == self.reducer.get_position(self.id)
        return self.state.position.model_dump()

    def _show_held(self) -> list[int]:
        return self.reducer.list_held(self.id)

    def _show_wants(self) -> str | None:
        if self.id in self.reducer.stale():
            return "snapshot"
        return "catch_up" if self.id in self.reducer.find_missing() else None


def read_messages(items: list[Told]) -> list[Message]:
    """Read messages of a file."""
    return [Message.model_validate(item) for item in items]
