"""The lines that the system writes into a timeline: `data` for clients to word, `text` for the rest."""

from typing import Any

_TEXTS = {
    "joined": "{actor} joined.",
    "added": "{actor} added {user}.",
    "left": "{actor} left.",
    "removed": "{actor} removed {user}.",
    "renamed": "{actor} renamed the conversation to {name}.",
    "topic_changed": "{actor} changed the topic to {topic}.",
    "topic_cleared": "{actor} cleared the topic.",
    "visibility_changed": "{actor} made the conversation {visibility}.",
    "default_changed": "{actor} changed who is in it from the start.",
    "archived": "{actor} archived the conversation.",
    "unarchived": "{actor} brought the conversation back.",
    "pinned": "{actor} pinned a message.",
    "unpinned": "{actor} unpinned a message.",
}


def system_text(data: dict[str, Any], actor_name: str, user_name: str = "") -> str:
    """The readable English of a line."""
    values = {key: str(value) for key, value in data.items()}
    return _TEXTS[data["type"]].format_map({**values, "actor": actor_name, "user": user_name})
