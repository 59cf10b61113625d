"""The HTTP calls of conversations (protocol.md: Accounts, Spaces, Conversations, Messages)."""

from tertulia.conversations.contract.arriving import Register, SetUp
from tertulia.conversations.contract.conversations import (
    AddMember,
    ArchiveConversation,
    CreateConversation,
    GetConversation,
    Join,
    Leave,
    ListConversations,
    ListMembers,
    ListSpaceConversations,
    MarkRead,
    RemoveMember,
    UpdateConversation,
    UpdateSettings,
)
from tertulia.conversations.contract.invites import (
    AcceptInvite,
    CreateInvite,
    DeleteInvite,
    GetInvite,
    ListInvites,
)
from tertulia.conversations.contract.messages import (
    AddReaction,
    DeleteMessage,
    EditMessage,
    GetMessage,
    ListPins,
    ListRevisions,
    ListThread,
    PinMessage,
    PostMessage,
    RemoveReaction,
    UnpinMessage,
)
from tertulia.conversations.contract.people import FindUsers, GetUser
from tertulia.conversations.contract.spaces import (
    CreateSpace,
    GetSpace,
    ListSpaceMembers,
    ListSpaces,
    RemoveSpaceMember,
    SetSpaceMember,
    UpdateSpace,
)
from tertulia.conversations.contract.updates import ListMessages, ListUpdates
from tertulia.kit.edge import Route

SPACE = "/spaces/{space_id}"
INVITE = "/invites/{code}"
CONVERSATION = "/conversations/{conversation_id}"
MESSAGE = "/messages/{message_id}"

_ARRIVING = (
    Route("POST", "/setup", SetUp, 201, public=True, cookie="set"),
    Route("POST", "/users", Register, 201, public=True, cookie="set"),
)

_PEOPLE = (
    Route("GET", "/users", FindUsers),
    Route("GET", "/users/{user_id}", GetUser, body="user"),
)

_SPACES = (
    Route("GET", "/spaces", ListSpaces),
    Route("POST", "/spaces", CreateSpace, 201, body="space"),
    Route("GET", SPACE, GetSpace, body="space"),
    Route("PATCH", SPACE, UpdateSpace, body="space"),
    Route("GET", f"{SPACE}/members", ListSpaceMembers),
    Route("PUT", f"{SPACE}/members/{{user_id}}", SetSpaceMember, body="member"),
    Route("DELETE", f"{SPACE}/members/{{user_id}}", RemoveSpaceMember, 204),
)

_INVITES = (
    Route("GET", f"{SPACE}/invites", ListInvites),
    Route("POST", "/invites", CreateInvite, 201, body="invite"),
    Route("GET", INVITE, GetInvite, public=True),
    Route("POST", f"{INVITE}/accept", AcceptInvite),
    Route("DELETE", INVITE, DeleteInvite, 204),
)

_CONVERSATIONS = (
    Route("GET", "/conversations", ListConversations),
    Route("GET", f"{SPACE}/conversations", ListSpaceConversations),
    Route("POST", "/conversations", CreateConversation, 201, body="conversation"),
    Route("GET", CONVERSATION, GetConversation, body="conversation"),
    Route("PATCH", CONVERSATION, UpdateConversation, body="conversation"),
    Route("DELETE", CONVERSATION, ArchiveConversation, 204),
    Route("PUT", f"{CONVERSATION}/read", MarkRead, 204),
    Route("PATCH", f"{CONVERSATION}/settings", UpdateSettings, 204),
)

_MEMBERS = (
    Route("GET", f"{CONVERSATION}/members", ListMembers),
    Route("PUT", f"{CONVERSATION}/members/me", Join, 204),
    Route("DELETE", f"{CONVERSATION}/members/me", Leave, 204),
    Route("PUT", f"{CONVERSATION}/members/{{user_id}}", AddMember, 204),
    Route("DELETE", f"{CONVERSATION}/members/{{user_id}}", RemoveMember, 204),
)

_MESSAGES = (
    Route("POST", f"{CONVERSATION}/messages", PostMessage, 201, body="message"),
    Route("GET", f"{CONVERSATION}/messages", ListMessages),
    Route("GET", f"{CONVERSATION}/updates", ListUpdates),
    Route("GET", f"{CONVERSATION}/pins", ListPins),
    Route("GET", MESSAGE, GetMessage, body="message"),
    Route("PATCH", MESSAGE, EditMessage, body="message"),
    Route("DELETE", MESSAGE, DeleteMessage, 204),
    Route("GET", f"{MESSAGE}/revisions", ListRevisions),
    Route("GET", f"{MESSAGE}/thread", ListThread),
    Route("PUT", f"{MESSAGE}/reactions/{{emoji}}", AddReaction, 204),
    Route("DELETE", f"{MESSAGE}/reactions/{{emoji}}", RemoveReaction, 204),
    Route("PUT", f"{MESSAGE}/pin", PinMessage, 204),
    Route("DELETE", f"{MESSAGE}/pin", UnpinMessage, 204),
)

ROUTES = (
    *_ARRIVING,
    *_PEOPLE,
    *_SPACES,
    *_INVITES,
    *_CONVERSATIONS,
    *_MEMBERS,
    *_MESSAGES,
)
