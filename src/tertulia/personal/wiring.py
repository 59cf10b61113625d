"""How personal is put together."""

from tertulia.accounts.contract import UserChanged
from tertulia.conversations.contract.updates import MemberLeft
from tertulia.kit.service import Durable, Kit, Service
from tertulia.kit.upkeep import Upkeep
from tertulia.personal.contract import (
    DraftChanged,
    GetDraft,
    ListDrafts,
    ListSaved,
    ListSavedIds,
    MessageSaved,
    MessageUnsaved,
    SaveDraft,
    SaveMessage,
    UnsaveMessage,
)
from tertulia.personal.handlers.departures import Departures
from tertulia.personal.handlers.drafts import Drafts
from tertulia.personal.handlers.saved import Saved
from tertulia.personal.store.checks import CHECKS
from tertulia.personal.tables import log

UPKEEP = Upkeep(log=log, checks=CHECKS, follows=("accounts",))


def wire(kit: Kit) -> Service:
    """Personal asks conversations who may write and see what, and keeps nothing of that."""
    drafts, saved = Drafts(kit), Saved(kit)
    departures = Departures(drafts)
    return Service(
        name="personal",
        serves={
            SaveDraft: drafts.save_draft,
            GetDraft: drafts.get_draft,
            ListDrafts: drafts.list_drafts,
            SaveMessage: saved.save_message,
            UnsaveMessage: kit.write(saved.unsave_message),
            ListSaved: saved.list_saved,
            ListSavedIds: kit.read(saved.list_saved_ids),
        },
        events=(DraftChanged, MessageSaved, MessageUnsaved),
        log=log,
        durable=[Durable("accounts", {UserChanged: departures.user_changed})],
        live={MemberLeft: departures.member_left},
        needs=("accounts", "conversations"),
        on_stop=departures.stop,
    )
