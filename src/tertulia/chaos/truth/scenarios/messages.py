"""Messages, threads, reactions and pins."""

from tertulia.chaos.truth.stage import Scenario, Stage
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    PinMessage,
    PostMessage,
    RemoveReaction,
    UnpinMessage,
)


async def _pin(stage: Stage) -> None:
    await stage.does("bruno", PinMessage(message_id=stage.said))


async def _send_again(stage: Stage) -> None:
    request = PostMessage(conversation_id=stage.taller, id=stage.said, text="otra cosa")
    await stage.does("bruno", request)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(PostMessage, "with a mention", lambda s: s.says("eva", "otra, @gema y @bruno")),
    Scenario(PostMessage, "to everyone", lambda s: s.says("ana", "@everyone")),
    Scenario(PostMessage, "one's own", lambda s: s.says("gema", "de Gema")),
    Scenario(PostMessage, "in a thread", lambda s: s.says("eva", "sí @ana", thread_id=s.said)),
    Scenario(
        PostMessage,
        "in a thread and the channel",
        lambda s: s.says("gema", "sí @ana", thread_id=s.said, also_in_channel=True),
    ),
    Scenario(PostMessage, "as a quote", lambda s: s.says("eva", "eso", reply_to=s.said)),
    Scenario(PostMessage, "once more", _send_again),
    Scenario(
        PostMessage,
        "in a group",
        lambda s: s.says("eva", "@bruno", conversation_id=s.conversation("grupo")),
    ),
    Scenario(
        EditMessage,
        "with other mentions",
        lambda s: s.does("bruno", EditMessage(message_id=s.said, text="hola, solo @ana")),
    ),
    Scenario(
        DeleteMessage,
        "one's own",
        lambda s: s.does("bruno", DeleteMessage(message_id=s.said)),
    ),
    Scenario(
        DeleteMessage,
        "undone",
        lambda s: s.does("bruno", DeleteMessage(message_id=s.said, undone=True)),
    ),
    Scenario(
        DeleteMessage,
        "in a thread",
        lambda s: s.does("ana", DeleteMessage(message_id=s.reply)),
    ),
    Scenario(
        DeleteMessage,
        "of what is pinned",
        lambda s: s.does("ana", DeleteMessage(message_id=s.said)),
        before=_pin,
    ),
    Scenario(
        AddReaction,
        "a second one",
        lambda s: s.does("gema", AddReaction(message_id=s.said, emoji="👍")),
    ),
    Scenario(
        AddReaction,
        "a new one",
        lambda s: s.does("ana", AddReaction(message_id=s.reply, emoji="☕")),
    ),
    Scenario(
        RemoveReaction,
        "the last of its kind",
        lambda s: s.does("bruno", RemoveReaction(message_id=s.said, emoji="🎉")),
    ),
    Scenario(PinMessage, "a message", _pin),
    Scenario(
        UnpinMessage,
        "a pinned message",
        lambda s: s.does("ana", UnpinMessage(message_id=s.said)),
        before=_pin,
    ),
)
