"""Writing the system's own lines into a timeline."""

from typing import Any

from tertulia.conversations.rules.system_lines import system_text
from tertulia.conversations.store import messages, people
from tertulia.conversations.store.log import Change
from tertulia.kernel.ids import new_id
from tertulia.kit.db import Connection


def write_line(connection: Connection, change: Change, seq: int, data: dict[str, Any]) -> str:
    """A line with an update's `seq`, and its id."""
    user_id = data.get("user_id", change.actor_id)
    named = people.find_people(connection, {change.actor_id, user_id})
    actor_name, user_name = named[change.actor_id].display_name, named[user_id].display_name
    line = {
        "id": new_id(),
        "conversation_id": change.conversation_id,
        "seq": seq,
        "author_id": change.actor_id,
        "kind": "system",
        "data": data,
        "text": system_text(data, actor_name, user_name),
        "created_at": change.at,
    }
    messages.add(connection, [line])
    return line["id"]
