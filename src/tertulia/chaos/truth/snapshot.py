"""What somebody sees now, asked of the server from the beginning."""

from collections.abc import Collection
from typing import Any

from tertulia.chaos.simulation.socket import Socket

Body = dict[str, Any]
PAGE = 200


class Refused(Exception):
    """The code with which a command was refused."""


async def result(socket: Socket, command: str, **fields: Any) -> Any:
    """The result of a command. Raises `Refused`."""
    answer = await socket.ask(command, fields)
    if not answer["ok"]:
        raise Refused(answer["error"]["code"])
    return answer["result"]


async def take(socket: Socket, roots: Collection[str] = ()) -> Body:
    """Everything: conversations, messages with their threads, pins, members, spaces, people, drafts, what is saved.

    `roots` are messages whose threads are read although nothing in them is left to count.
    """
    listed = (await result(socket, "conversations.list_conversations"))["items"]
    conversations = {it["id"]: it for it in listed}
    spaces = (await result(socket, "conversations.list_spaces"))["items"]
    profile = (await result(socket, "accounts.get_profile"))["user"]
    pages = {id_: await _page(socket, id_) for id_ in conversations}
    seen: Body = {
        "conversations": conversations,
        "pages": pages,
        "messages": {id_: await _messages(socket, page, roots) for id_, page in pages.items()},
        "members": {id_: await members(socket, it) for id_, it in conversations.items()},
        "pins": {id_: await _pins(socket, id_) for id_ in conversations},
        "spaces": {it["id"]: it for it in spaces},
        "drafts": await _drafts(socket),
        "saved": (await result(socket, "personal.list_saved_ids"))["message_ids"],
    }
    shown = {name: profile[name] for name in profile if name in _USER}
    seen["people"] = {**_people(seen), profile["id"]: shown}
    return seen


def roots(seen: Body) -> set[str]:
    """The messages under which a thread stands."""
    found = {it["thread_id"] for each in seen["messages"].values() for it in each.values()}
    return found - {None}


async def _page(socket: Socket, conversation_id: str) -> Body:
    """The newest page of a conversation, with the conversation."""
    asked = {"conversation_id": conversation_id, "limit": PAGE}
    return dict(await result(socket, "conversations.list_messages", **asked))


async def _messages(socket: Socket, page: Body, roots: Collection[str]) -> dict[str, Body]:
    """The messages of a page by id, and those of their threads."""
    found = {it["id"]: it for it in page["items"]}
    for message in page["items"]:
        if message["reply_count"] or message["id"] in roots:
            asked = {"message_id": message["id"], "limit": PAGE}
            thread = await result(socket, "conversations.list_thread", **asked)
            found |= {it["id"]: it for it in thread["items"]}
    return found


async def members(socket: Socket, conversation: Body) -> dict[str, str]:
    """The role of each by user id; nobody is a member of the plaza."""
    if conversation["member_count"] is None:
        return {}
    asked = {"conversation_id": conversation["id"], "limit": PAGE}
    page = await result(socket, "conversations.list_members", **asked)
    return {it["user"]["id"]: it["role"] for it in page["items"]}


async def _pins(socket: Socket, conversation_id: str) -> list[str]:
    page = await result(socket, "conversations.list_pins", conversation_id=conversation_id)
    return sorted(it["id"] for it in page["items"])


async def _drafts(socket: Socket) -> dict[str, Body]:
    """What one began to write, by place."""
    page = await result(socket, "personal.list_drafts", limit=PAGE)
    return {place_of(it): it for it in page["items"]}


def place_of(draft: Body) -> str:
    """A conversation, or a thread of it."""
    return f"{draft['conversation_id']}/{draft['thread_id'] or ''}"


_USER = ("id", "username", "display_name", "avatar_url", "kind")


def _people(seen: Body) -> dict[str, Body]:
    authors = (it["author"] for each in seen["messages"].values() for it in each.values())
    people = (user for it in seen["conversations"].values() for user in it["people"] or ())
    return {user["id"]: user for user in (*authors, *people)}
