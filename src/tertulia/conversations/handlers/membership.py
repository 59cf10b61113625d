"""Coming into conversations and going out of them, whoever asked for it."""

from dataclasses import asdict, replace
from datetime import datetime

from tertulia.conversations.contract.conversations import Added, ConversationView
from tertulia.conversations.handlers.system_lines import write_line
from tertulia.conversations.rules.conversations import name_key
from tertulia.conversations.store import conversation_views, conversations, log, marks, members
from tertulia.conversations.store.log import Change
from tertulia.kernel.ids import new_id
from tertulia.kit.db import Connection

GENERAL, PLAZA = "general", "plaza"


def enter(
    connection: Connection, change: Change, entry: members.Entry, *, line: str | None
) -> None:
    """Let somebody in, as the owner where nobody is; `line` is the type of the system line, if there is one."""
    where = change.conversation_id
    if members.find_longest(connection, where) is None:
        entry = replace(entry, role="owner")
    seq = conversations.next_seq(connection, where)
    number = marks.number_at(connection, where, seq)
    members.add(connection, where, [entry], change.at, seq)
    marks.place(connection, [marks.Mark(where, entry.user_id, seq, number)])
    _record(connection, change.entry("member_joined", seq), entry, line=line)
    log.announce(connection, Added(conversation_id=where, user_ids=[entry.user_id]))


def depart(connection: Connection, change: Change, user_id: str, *, line: str) -> None:
    """Take somebody out; when that leaves no owner, the longest member takes over."""
    where = change.conversation_id
    role = members.find_role(connection, where, user_id)
    if role is None:
        return
    seq = conversations.next_seq(connection, where)
    members.remove(connection, where, user_id)
    marks.forget(connection, where, user_id)
    _record(connection, change.entry("member_left", seq), members.Entry(user_id, role), line=line)
    if role == "owner":
        _hand_over(connection, change)


def change_role(connection: Connection, change: Change, entry: members.Entry) -> None:
    """Give a member another role."""
    members.set_role(connection, change.conversation_id, entry.user_id, entry.role)
    seq = conversations.next_seq(connection, change.conversation_id)
    log.record(connection, [change.entry("member_changed", seq, parts=asdict(entry))])


def _hand_over(connection: Connection, change: Change) -> None:
    if members.count_owners(connection, change.conversation_id):
        return
    heir = members.find_longest(connection, change.conversation_id)
    if heir is not None:
        change_role(connection, change, members.Entry(heir, "owner"))


def _record(
    connection: Connection, move: log.Entry, entry: members.Entry, *, line: str | None
) -> None:
    message_id = None
    if line is not None:
        change = Change(move.conversation_id, move.actor_id, move.at)
        data = {"type": line, "user_id": entry.user_id}
        message_id = write_line(connection, change, move.seq, data)
    log.record(connection, [replace(move, message_id=message_id, parts=asdict(entry))])


def enter_defaults(connection: Connection, space_id: str, user_id: str, at: datetime) -> None:
    """Who joins a space joins its default conversations, without a line in the timeline."""
    for conversation_id in conversations.list_defaults(connection, space_id):
        if members.find_role(connection, conversation_id, user_id) is None:
            change = Change(conversation_id, user_id, at)
            enter(connection, change, members.Entry(user_id, "member"), line=None)


def leave_space(
    connection: Connection, space_id: str, user_id: str, actor_id: str, at: datetime
) -> None:
    """Who leaves a space leaves its conversations."""
    line = "left" if user_id == actor_id else "removed"
    for conversation_id in members.list_of_person_in_space(connection, space_id, user_id):
        depart(connection, Change(conversation_id, actor_id, at), user_id, line=line)


def open_conversation(
    connection: Connection,
    values: dict[str, object],
    owner_id: str,
    others: list[str],
    at: datetime,
) -> str:
    """Make a conversation with its first people in it; its log is empty."""
    conversation_id = str(values.get("id") or new_id())
    made = {**values, "id": conversation_id, "created_by": owner_id, "created_at": at}
    conversations.add(connection, {**made, "epoch": new_id()})
    entries = [
        members.Entry(owner_id, "owner"),
        *(members.Entry(each, "member") for each in others),
    ]
    members.add(connection, conversation_id, entries, at, 0)
    ids = [entry.user_id for entry in entries]
    marks.place(connection, [marks.Mark(conversation_id, user_id, 0, 0) for user_id in ids])
    log.announce(connection, Added(conversation_id=conversation_id, user_ids=ids))
    return conversation_id


def create_general(connection: Connection, space_id: str, owner_id: str, at: datetime) -> str:
    """The channel that a new space opens with, and its id."""
    values: dict[str, object] = {
        "kind": "channel",
        "space_id": space_id,
        "name": GENERAL,
        "name_key": name_key(GENERAL),
        "visibility": "public",
        "is_default": True,
    }
    return open_conversation(connection, values, owner_id, [], at)


def ensure_plaza(connection: Connection, at: datetime) -> str:
    """The public channel of everybody, made at the first start; its id."""
    found = conversations.find_plaza(connection)
    if found is not None:
        return found
    plaza = {
        "id": new_id(),
        "kind": "channel",
        "name": PLAZA,
        "name_key": name_key(PLAZA),
        "visibility": "public",
        "is_plaza": True,
        "created_by": "",
        "created_at": at,
        "epoch": new_id(),
    }
    conversations.add(connection, plaza)
    return plaza["id"]


def conversation_view(
    connection: Connection, conversation_id: str, user_id: str
) -> ConversationView:
    """A conversation as a person sees it."""
    row = conversations.find(connection, [conversation_id])[conversation_id]
    return conversation_views.views(connection, [row], user_id)[0]
