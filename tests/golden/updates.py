"""Scenes for what each update and each personal event does, told once and in order."""

from collections.abc import Callable
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from tertulia.conversations.contract.conversations import (
    AddMember,
    ArchiveConversation,
    Join,
    Leave,
    MarkRead,
    RemoveMember,
    UpdateConversation,
    UpdateSettings,
)
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    PinMessage,
    RemoveReaction,
    UnpinMessage,
)
from tertulia.kernel.actor import Actor
from tests.golden.stage import Scenario, Scene, Stage

Acts = Callable[[Stage], list[tuple[Actor, Any]]]
"""What is done, by whom: a message, a request, or what makes one of the id of the last message."""


@dataclass(frozen=True)
class Say:
    """A message to be posted."""

    text: str
    more: dict[str, Any]


def say(text: str, **more: Any) -> Say:
    """A message to be posted."""
    return Say(text, more)


def posted(s: Stage) -> list[tuple[Actor, Any]]:
    """Messages of others count as unread; one of mine moves my mark."""
    return [
        (s.ana, say("uno")),
        (s.carla, say("dos", reply_to=s.said.id)),
        (s.bruno, say("tres")),
        (s.ana, say("cuatro")),
    ]


def mentioned(s: Stage) -> list[tuple[Actor, Any]]:
    """Mentions of me, of here and of everyone count; those of others, and my own, do not."""
    return [
        (s.ana, say("@bruno")),
        (s.carla, say("@ana")),
        (s.carla, say("@here")),
        (s.ana, say("@everyone")),
    ]


def edited(s: Stage) -> list[tuple[Actor, Any]]:
    """An edited message has its new text and mentions, and keeps its place."""
    return [
        (s.bruno, EditMessage(message_id=s.said.id, text="hola, solo @carla")),
        (s.ana, EditMessage(message_id=s.reply.id, text="dentro, sin nadie")),
    ]


def deleted(s: Stage) -> list[tuple[Actor, Any]]:
    """A deleted message is a tombstone in its place; a deleted root keeps its replies."""
    return [(s.ana, say("uno")), (s.bruno, DeleteMessage(message_id=s.said.id))]


def undone(s: Stage) -> list[tuple[Actor, Any]]:
    """A message that its author took back at once is a tombstone to be drawn as nothing."""
    return [(s.bruno, DeleteMessage(message_id=s.said.id, undone=True))]


def last_deleted(s: Stage) -> list[tuple[Actor, Any]]:
    """The last message stays the last one as a tombstone; what was unread is told again."""
    mention = say("@bruno, mira")
    return [(s.ana, mention), (s.ana, lambda last: DeleteMessage(message_id=last))]


def reacted(s: Stage) -> list[tuple[Actor, Any]]:
    """A reaction is there once for each person; its count is the total that the update tells."""
    return [
        (s.ana, AddReaction(message_id=s.said.id, emoji="👍")),
        (s.carla, AddReaction(message_id=s.said.id, emoji="❤️")),
        (s.ana, AddReaction(message_id=s.reply.id, emoji="👍")),
    ]


def unreacted(s: Stage) -> list[tuple[Actor, Any]]:
    """A reaction that nobody has any more is gone."""
    return [
        (s.ana, AddReaction(message_id=s.said.id, emoji="👍")),
        (s.bruno, RemoveReaction(message_id=s.said.id, emoji="👍")),
        (s.bruno, RemoveReaction(message_id=s.said.id, emoji="🎉")),
    ]


def pinned(s: Stage) -> list[tuple[Actor, Any]]:
    """A pin marks its message and adds a system line, which is not counted."""
    return [(s.ana, PinMessage(message_id=s.said.id))]


def unpinned(s: Stage) -> list[tuple[Actor, Any]]:
    """A pin that was taken off is off, with another line."""
    return [
        (s.ana, PinMessage(message_id=s.said.id)),
        (s.bruno, UnpinMessage(message_id=s.said.id)),
    ]


def pinned_then_deleted(s: Stage) -> list[tuple[Actor, Any]]:
    """A tombstone is not pinned."""
    return [
        (s.ana, PinMessage(message_id=s.said.id)),
        (s.bruno, DeleteMessage(message_id=s.said.id)),
    ]


def replied(s: Stage) -> list[tuple[Actor, Any]]:
    """A reply raises the count of its root and stays out of the timeline; its mention counts."""
    return [
        (s.ana, say("sí, @bruno", thread_id=s.said.id)),
        (s.bruno, say("claro", thread_id=s.said.id)),
    ]


def replied_in_both(s: Stage) -> list[tuple[Actor, Any]]:
    """A reply that is shown in the timeline too has a number and counts as unread."""
    return [(s.ana, say("para todos", thread_id=s.said.id, also_in_channel=True))]


def reply_deleted(s: Stage) -> list[tuple[Actor, Any]]:
    """A deleted reply lowers the count of its root, and stays in the thread as a tombstone."""
    return [
        (s.carla, say("otra", thread_id=s.said.id)),
        (s.ana, DeleteMessage(message_id=s.reply.id)),
    ]


def members_moved(s: Stage) -> list[tuple[Actor, Any]]:
    """Who joins and who leaves changes the number of members and adds a system line."""
    return [
        (s.carla, Leave(conversation_id=s.where)),
        (s.carla, Join(conversation_id=s.where)),
        (s.ana, RemoveMember(conversation_id=s.where, user_id=s.carla.id)),
    ]


def role_changed(s: Stage) -> list[tuple[Actor, Any]]:
    """My own role changes; that of others does not make it another."""
    return [
        (s.ana, AddMember(conversation_id=s.where, user_id=s.bruno.id, role="moderator")),
        (s.ana, AddMember(conversation_id=s.where, user_id=s.carla.id, role="owner")),
    ]


def conversation_changed(s: Stage) -> list[tuple[Actor, Any]]:
    """Name, topic and visibility change for everybody; what is mine alone stays."""
    return [
        (s.bruno, UpdateSettings(conversation_id=s.where, muted=True)),
        (s.ana, UpdateConversation(conversation_id=s.where, name="papel", topic="de arroz")),
        (s.ana, UpdateConversation(conversation_id=s.where, visibility="private")),
    ]


def archived(s: Stage) -> list[tuple[Actor, Any]]:
    """An archived conversation says since when."""
    return [(s.ana, ArchiveConversation(conversation_id=s.where))]


def read(s: Stage) -> list[tuple[Actor, Any]]:
    """A mark that moved, on any device of mine, comes with its counts."""
    return [
        (s.ana, say("@bruno, uno")),
        (s.bruno, MarkRead(conversation_id=s.where, seq=999)),
        (s.ana, say("dos")),
    ]


def marked_unread(s: Stage) -> list[tuple[Actor, Any]]:
    """A mark goes back where I say so."""
    return [
        (s.ana, say("uno")),
        (s.bruno, MarkRead(conversation_id=s.where, seq=999)),
        (s.bruno, MarkRead(conversation_id=s.where, seq=0, force=True)),
        (s.ana, say("dos")),
    ]


def muted(s: Stage) -> list[tuple[Actor, Any]]:
    """A setting of mine is mine alone, and counts go on."""
    return [(s.bruno, UpdateSettings(conversation_id=s.where, muted=True)), (s.ana, say("uno"))]


ACTS: tuple[Acts, ...] = (
    posted,
    mentioned,
    edited,
    deleted,
    undone,
    last_deleted,
    reacted,
    unreacted,
    pinned,
    unpinned,
    pinned_then_deleted,
    replied,
    replied_in_both,
    reply_deleted,
    members_moved,
    role_changed,
    conversation_changed,
    archived,
    read,
    marked_unread,
    muted,
)


async def play(stage: Stage, acts: Acts) -> None:
    """Do one thing after the other."""
    last = ""
    for actor, act in acts(stage):
        if isinstance(act, Say):
            last = (await stage.says(actor, act.text, **act.more)).id
        else:
            await stage.asks(act(last) if isinstance(act, FunctionType) else act, actor)


def told_in_order(acts: Acts) -> Scene:
    """The scene in which everything is told once and in order."""

    async def scene(stage: Stage) -> Scenario:
        await play(stage, acts)
        return await stage.scenario(acts.__doc__ or "", await stage.hears())

    return scene


SCENES: dict[str, Scene] = {acts.__name__: told_in_order(acts) for acts in ACTS}
