"""The HTTP calls of personal."""

from tertulia.kit.edge import Route
from tertulia.personal.contract import GetDraft, ListDrafts, SaveDraft

DRAFT = "/conversations/{conversation_id}/draft"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/drafts", ListDrafts),
    Route("GET", DRAFT, GetDraft, body="draft"),
    Route("PUT", DRAFT, SaveDraft, body="draft"),
)
