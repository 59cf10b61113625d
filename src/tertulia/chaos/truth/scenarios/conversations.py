"""Conversations themselves, and what is one's own in them."""

from tertulia.chaos.truth.stage import Scenario, Stage
from tertulia.conversations.contract.conversations import (
    ArchiveConversation,
    CreateConversation,
    MarkRead,
    UpdateConversation,
    UpdateSettings,
)


async def _archive(stage: Stage) -> None:
    await stage.does("ana", ArchiveConversation(conversation_id=stage.taller))


async def _channel(stage: Stage) -> None:
    request = CreateConversation(
        kind="channel",
        space_id=stage.casa,
        name="tinta",
        visibility="private",
        members=(stage.id("gema"), stage.id("bruno")),
    )
    await stage.does("eva", request)


async def _group(stage: Stage) -> None:
    members = (stage.id("ana"), stage.id("bruno"))
    await stage.does("eva", CreateConversation(kind="group", members=members))


async def _direct(stage: Stage) -> None:
    await stage.does("eva", CreateConversation(kind="direct", members=(stage.id("bruno"),)))


async def _everything(stage: Stage) -> None:
    request = UpdateConversation(
        conversation_id=stage.taller, name="papel", topic="de arroz", default=True
    )
    await stage.does("ana", request)


SCENARIOS: tuple[Scenario, ...] = (
    Scenario(CreateConversation, "a private channel", _channel),
    Scenario(CreateConversation, "a group", _group),
    Scenario(CreateConversation, "a direct", _direct),
    Scenario(UpdateConversation, "name, topic and default", _everything),
    Scenario(
        UpdateConversation,
        "no longer public",
        lambda s: s.does("ana", UpdateConversation(conversation_id=s.taller, visibility="private")),
    ),
    Scenario(
        UpdateConversation,
        "back from the archive",
        lambda s: s.does("ana", UpdateConversation(conversation_id=s.taller, archived=False)),
        before=_archive,
    ),
    Scenario(ArchiveConversation, "a channel", _archive),
    Scenario(
        MarkRead,
        "everything",
        lambda s: s.does("bruno", MarkRead(conversation_id=s.taller, seq=999)),
    ),
    Scenario(
        MarkRead,
        "a part",
        lambda s: s.does("gema", MarkRead(conversation_id=s.taller, seq=6)),
    ),
    Scenario(
        MarkRead,
        "back to the beginning",
        lambda s: s.does("ana", MarkRead(conversation_id=s.taller, seq=0, force=True)),
    ),
    Scenario(
        UpdateSettings,
        "muted",
        lambda s: s.does("bruno", UpdateSettings(conversation_id=s.taller, muted=True)),
    ),
)
