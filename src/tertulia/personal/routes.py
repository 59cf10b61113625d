"""The HTTP calls of personal."""

from tertulia.kit.edge import Route
from tertulia.personal.contract import (
    GetDraft,
    ListDrafts,
    ListSaved,
    ListSavedIds,
    SaveDraft,
    SaveMessage,
    UnsaveMessage,
)

DRAFT = "/conversations/{conversation_id}/draft"
SAVED = "/messages/{message_id}/saved"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/drafts", ListDrafts),
    Route("GET", DRAFT, GetDraft, body="draft"),
    Route("PUT", DRAFT, SaveDraft, body="draft"),
    Route("GET", "/saved", ListSaved),
    Route("GET", "/saved/ids", ListSavedIds),
    Route("PUT", SAVED, SaveMessage, 204),
    Route("DELETE", SAVED, UnsaveMessage, 204),
)
