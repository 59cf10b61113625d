"""Every limit of protocol.md, by name. All are settings; what is validated reads them from its context."""

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError


class Limits(BaseModel):
    """What a person, a connection and a thing may have at most."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: int = Field(default=16_000, description="Unicode code points in a message")
    name: int = Field(
        default=80, description="code points in a name of a space, conversation or person"
    )
    topic: int = Field(default=250, description="code points in a topic")
    username_min: int = Field(default=2, description="characters in a username, at least")
    username_max: int = Field(default=32, description="characters in a username, at most")
    password_min: int = Field(default=8, description="characters in a password, at least")
    password_max: int = Field(default=256, description="characters in a password, at most")
    emojis: int = Field(default=20, description="different emoji on a message")
    reaction_users: int = Field(default=100, description="user ids listed with a reaction")
    group_people: int = Field(default=50, description="people in a group")
    conversations: int = Field(default=2_000, description="conversations of a person")
    page: int = Field(default=200, description="items in a page")
    page_default: int = Field(default=50, description="items in a page unless said")
    updates: int = Field(default=1_000, description="updates in a page or a catch-up")
    updates_default: int = Field(default=200, description="updates in a page unless said")
    positions: int = Field(default=500, description="conversations in a catch-up")
    watched: int = Field(default=500, description="people in a presence watch")
    typing_per_second: float = Field(
        default=1, description="typing notices of a person, per second"
    )
    drafts: int = Field(default=200, description="drafts of a person")
    draft_text: int = Field(default=32_000, description="Unicode code points in a draft")
    saved: int = Field(default=1_000, description="saved messages of a person")
    undo_seconds: int = Field(
        default=30, description="seconds in which a deletion may count as undone"
    )
    frame_bytes: int = Field(default=262_144, description="bytes in a frame to the server")
    attachments: int = Field(default=10, description="binary attachments in a packet")
    body_bytes: int = Field(default=1_048_576, description="bytes in a JSON or polling body")
    file_bytes: int = Field(default=0, description="bytes in a file; 0 while files are not served")
    sends_per_second: float = Field(default=50, description="messages of a person, per second")
    sends_burst: int = Field(default=500, description="messages of a person, at once")
    calls_per_second: float = Field(
        default=200, description="commands and calls of a person, per second"
    )
    calls_burst: int = Field(default=2_000, description="commands and calls of a person, at once")
    sign_ins_per_account: int = Field(default=10, description="sign-ins per account and minute")
    sign_ins_per_address: int = Field(default=60, description="sign-ins per address and minute")
    registrations_per_address: int = Field(
        default=60, description="registrations per address and minute"
    )
    connections_per_person: int = Field(default=20, description="connections of a person")
    connections_per_address: int = Field(
        default=100, description="connections of an address, unless local"
    )
    handshakes_per_second: float = Field(
        default=500,
        description="sockets that may be opened per second, all together; 0 is no limit",
    )
    handshake_seconds: float = Field(default=10, description="seconds a handshake may take")
    ping_interval: float = Field(default=25, description="seconds between heartbeats")
    ping_timeout: float = Field(default=20, description="seconds to answer a heartbeat")
    poll_packets: int = Field(default=16, description="packets in a polling reply")
    writer_queue: int = Field(default=10_000, description="commands that may wait for the writer")
    waiting_reads: int = Field(default=10_000, description="reads that may wait for the database")
    deadline_seconds: float = Field(default=10, description="seconds a command may take")
    send_wait_seconds: float = Field(
        default=0.2,
        description="seconds a change may have to wait; more is refused, of lesser work a part of it",
    )
    lag_ephemeral_seconds: float = Field(
        default=0.1, description="loop lag above which signs of life are put off"
    )
    lag_optional_seconds: float = Field(
        default=0.25, description="loop lag above which searches and the like are refused"
    )
    lag_boot_seconds: float = Field(
        default=0.5, description="loop lag above which clients that start anew are refused"
    )
    lag_read_seconds: float = Field(
        default=0.55, description="loop lag above which reads are refused"
    )
    lag_send_seconds: float = Field(
        default=2, description="loop lag above which changes and catching up are refused"
    )

    @field_validator("*")
    @classmethod
    def _not_negative(cls, value: float) -> float:
        if value < 0:
            raise PydanticCustomError("negative", "must not be negative")
        return value


DEFAULTS = Limits()


def limits_of(info: ValidationInfo) -> Limits:
    """The limits in force where something is validated: the context's, else the defaults."""
    context = info.context
    return context if isinstance(context, Limits) else DEFAULTS
