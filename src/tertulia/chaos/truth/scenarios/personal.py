"""What only its person sees: told to their other connections, and to nobody else."""

from tertulia.chaos.truth.stage import Act, Scenario, Stage
from tertulia.conversations.contract.conversations import Leave
from tertulia.personal.contract import GetDraft, SaveDraft, SaveMessage, UnsaveMessage


def _begins(name: str, text: str, *, in_thread: bool = False) -> Act:
    """Somebody has written so far, whatever stood there."""

    async def act(stage: Stage) -> None:
        place = {
            "conversation_id": stage.taller,
            "thread_id": stage.said if in_thread else None,
        }
        seen = (await stage.does(name, GetDraft(**place)))["draft"]["version"]
        await stage.does(name, SaveDraft(**place, text=text, version=seen))

    return act


async def _unseen(stage: Stage) -> None:
    """A device that has not seen the last text is refused, and nothing changes."""
    actor = stage.actor("bruno")
    old = SaveDraft(conversation_id=stage.taller, text="de antes", version=0)
    await stage.is_refused(stage.asks(old, actor), "personal.draft_newer")


async def _leave(stage: Stage) -> None:
    await stage.does("bruno", Leave(conversation_id=stage.taller))


def _saves(name: str) -> Act:
    return lambda stage: stage.does(name, SaveMessage(message_id=stage.said))


def _unsaves(name: str) -> Act:
    return lambda stage: stage.does(name, UnsaveMessage(message_id=stage.said))


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(SaveDraft, "a first one", _begins("ana", "querida")),
    Scenario(SaveDraft, "in a thread", _begins("gema", "y yo", in_thread=True)),
    Scenario(SaveDraft, "another text", _begins("bruno", "más"), _begins("bruno", "algo")),
    Scenario(SaveDraft, "an empty text", _begins("bruno", ""), _begins("bruno", "algo")),
    Scenario(SaveDraft, "without having seen", _unseen, _begins("bruno", "algo")),
    Scenario(SaveDraft, "and away", _leave, _begins("bruno", "algo")),
    Scenario(SaveMessage, "somebody's", _saves("ana")),
    Scenario(SaveMessage, "once more", _saves("bruno"), _saves("bruno")),
    Scenario(UnsaveMessage, "one's own choice", _unsaves("gema"), _saves("gema")),
    Scenario(UnsaveMessage, "that is not saved", _unsaves("bruno")),
)
