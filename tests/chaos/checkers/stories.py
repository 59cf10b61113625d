"""Histories written by hand: each line is one thing that happened, in its order.

    story = Story()
    story.begins("ana")
    story.sends("ana", "m1")          # acknowledged at the next position
    story.hears("ana", 1)
    assert not check(story.history())

Without other words everything happens in «plaza», and a client's person has its name.
"""

from itertools import count
from typing import Any

from tertulia.chaos.history import (
    Began,
    Ended,
    Final,
    Heard,
    History,
    Invoked,
    Lost,
    Record,
    Revoked,
    Update,
)

PLAZA = "plaza"
EPOCH = "first"


class Story:
    """Records that follow each other, and the log that they make."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.log: list[Update] = []
        self._time = count(1)
        self._ops = count(1)

    # --- what clients ask ------------------------------------------------------------------------------

    def asks(self, client: str, command: str, **arguments: Any) -> Invoked:
        """An operation begins."""
        invoked = Invoked(next(self._time), client, next(self._ops), command, arguments)
        self.records.append(invoked)
        return invoked

    def is_told(self, invoked: Invoked, **result: Any) -> None:
        """It is acknowledged."""
        self._end(invoked, "ok", result)

    def is_refused(self, invoked: Invoked, code: str = "overloaded") -> None:
        """It is known not to have been done."""
        self._end(invoked, "fail", None, code)

    def knows_nothing(self, invoked: Invoked, code: str = "closed") -> None:
        """Nobody knows what came of it."""
        self._end(invoked, "info", None, code)

    def asks_to_send(self, client: str, id_: str, text: str | None = None) -> Invoked:
        """A message begins to be sent."""
        arguments = {"id": id_, "conversation_id": PLAZA, "text": text or f"text of {id_}"}
        return self.asks(client, "conversations.post_message", **arguments)

    def is_told_seq(self, invoked: Invoked, seq: int) -> None:
        """The post is acknowledged at this position."""
        self.is_told(invoked, message={"id": invoked.arguments["id"], "seq": seq})

    def sends(self, client: str, id_: str, text: str | None = None) -> Invoked:
        """A message is sent, posted and acknowledged."""
        invoked = self.asks_to_send(client, id_, text)
        self.is_told_seq(invoked, self.posts(id_, client, text)["seq"])
        return invoked

    def _end(
        self, invoked: Invoked, end: Any, result: dict[str, Any] | None, code: str | None = None
    ) -> None:
        at = next(self._time)
        self.records.append(Ended(at, invoked.client, invoked.op, end, result, code))

    # --- what becomes of the log -----------------------------------------------------------------------

    def posts(self, id_: str, author: str = "ana", text: str | None = None) -> Update:
        """A message comes to stand in the log."""
        message = {
            "id": id_,
            "text": text or f"text of {id_}",
            "kind": "text",
            "author": {"id": author},
            "edited_at": None,
            "deleted_at": None,
            "reactions": [],
        }
        return self.logs("message_posted", message=message)

    def logs(self, type_: str, **parts: Any) -> Update:
        """Any update comes to stand in the log."""
        self.log.append({"seq": len(self.log) + 1, "type": type_, **parts})
        return self.log[-1]

    # --- what clients hear -----------------------------------------------------------------------------

    def begins(self, client: str, seq: int = 0, epoch: str = EPOCH) -> None:
        """From here on the client must hear all above."""
        self.records.append(Began(next(self._time), client, client, PLAZA, epoch, seq))

    def hears(self, client: str, *seqs: int, by: Any = "live") -> None:
        """Updates of the log arrive."""
        for seq in seqs:
            update = self.log[seq - 1]
            at = next(self._time)
            self.records.append(Heard(at, client, PLAZA, seq, update["type"], update, by))

    def hears_instead(self, client: str, seq: int, update: Update) -> None:
        """Something arrives that is not what the log says."""
        at = next(self._time)
        self.records.append(Heard(at, client, PLAZA, seq, update["type"], update))

    def loses(self, client: str) -> None:
        """The connection ends."""
        self.records.append(Lost(next(self._time), client, "cut"))

    def is_removed(self, user_id: str, seq: int, everywhere: bool = False) -> None:
        """The removal is acknowledged."""
        where = None if everywhere else PLAZA
        self.records.append(Revoked(next(self._time), user_id, where, seq))

    # --- the end ---------------------------------------------------------------------------------------

    def history(self, *views: list[Update], epoch: str = EPOCH) -> History:
        """With the log, and what other readers see of it, as the end."""
        finals = [
            Final(PLAZA, epoch, log, f"reader {n}") for n, log in enumerate((self.log, *views))
        ]
        return History([*self.records, *finals])
