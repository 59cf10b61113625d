"""`client.<service>.<command>(…)`: every command of the protocol as a method, async and sync."""

from tertulia.client.commands import (
    accounts,
    conversations,
    messages,
    personal,
    presence,
    spaces,
    updates,
)
from tertulia.client.methods import Answered, Asked, Namespace, SyncNamespace


class Accounts(Namespace):
    """The commands of `accounts`."""

    list_sessions = Asked(accounts.ListSessions)
    revoke_session = Asked(accounts.RevokeSession)
    get_profile = Asked(accounts.GetProfile)
    update_profile = Asked(accounts.UpdateProfile)


class Conversations(Namespace):
    """The commands of `conversations`."""

    get_user = Asked(spaces.GetUser)
    find_users = Asked(spaces.FindUsers)
    list_spaces = Asked(spaces.ListSpaces)
    create_space = Asked(spaces.CreateSpace)
    get_space = Asked(spaces.GetSpace)
    update_space = Asked(spaces.UpdateSpace)
    list_space_members = Asked(spaces.ListSpaceMembers)
    set_space_member = Asked(spaces.SetSpaceMember)
    remove_space_member = Asked(spaces.RemoveSpaceMember)
    list_invites = Asked(spaces.ListInvites)
    create_invite = Asked(spaces.CreateInvite)
    accept_invite = Asked(spaces.AcceptInvite)
    delete_invite = Asked(spaces.DeleteInvite)
    list_conversations = Asked(conversations.ListConversations)
    list_space_conversations = Asked(conversations.ListSpaceConversations)
    create_conversation = Asked(conversations.CreateConversation)
    get_conversation = Asked(conversations.GetConversation)
    update_conversation = Asked(conversations.UpdateConversation)
    archive_conversation = Asked(conversations.ArchiveConversation)
    list_members = Asked(conversations.ListMembers)
    join = Asked(conversations.Join)
    leave = Asked(conversations.Leave)
    add_member = Asked(conversations.AddMember)
    remove_member = Asked(conversations.RemoveMember)
    mark_read = Asked(conversations.MarkRead)
    update_settings = Asked(conversations.UpdateSettings)
    post_message = Asked(messages.PostMessage)
    get_message = Asked(messages.GetMessage)
    edit_message = Asked(messages.EditMessage)
    delete_message = Asked(messages.DeleteMessage)
    list_revisions = Asked(messages.ListRevisions)
    add_reaction = Asked(messages.AddReaction)
    remove_reaction = Asked(messages.RemoveReaction)
    pin_message = Asked(messages.PinMessage)
    unpin_message = Asked(messages.UnpinMessage)
    list_pins = Asked(messages.ListPins)
    list_thread = Asked(messages.ListThread)
    list_messages = Asked(updates.ListMessages)
    list_updates = Asked(updates.ListUpdates)
    catch_up = Asked(updates.CatchUp)


class Presence(Namespace):
    """The commands of `presence`."""

    watch = Asked(presence.Watch)
    set_typing = Asked(presence.SetTyping)


class Personal(Namespace):
    """The commands of `personal`."""

    save_draft = Asked(personal.SaveDraft)
    get_draft = Asked(personal.GetDraft)
    list_drafts = Asked(personal.ListDrafts)
    save_message = Asked(personal.SaveMessage)
    unsave_message = Asked(personal.UnsaveMessage)
    list_saved = Asked(personal.ListSaved)
    list_saved_ids = Asked(personal.ListSavedIds)


class SyncAccounts(SyncNamespace):
    """The commands of `accounts`."""

    list_sessions = Answered(accounts.ListSessions)
    revoke_session = Answered(accounts.RevokeSession)
    get_profile = Answered(accounts.GetProfile)
    update_profile = Answered(accounts.UpdateProfile)


class SyncConversations(SyncNamespace):
    """The commands of `conversations`."""

    get_user = Answered(spaces.GetUser)
    find_users = Answered(spaces.FindUsers)
    list_spaces = Answered(spaces.ListSpaces)
    create_space = Answered(spaces.CreateSpace)
    get_space = Answered(spaces.GetSpace)
    update_space = Answered(spaces.UpdateSpace)
    list_space_members = Answered(spaces.ListSpaceMembers)
    set_space_member = Answered(spaces.SetSpaceMember)
    remove_space_member = Answered(spaces.RemoveSpaceMember)
    list_invites = Answered(spaces.ListInvites)
    create_invite = Answered(spaces.CreateInvite)
    accept_invite = Answered(spaces.AcceptInvite)
    delete_invite = Answered(spaces.DeleteInvite)
    list_conversations = Answered(conversations.ListConversations)
    list_space_conversations = Answered(conversations.ListSpaceConversations)
    create_conversation = Answered(conversations.CreateConversation)
    get_conversation = Answered(conversations.GetConversation)
    update_conversation = Answered(conversations.UpdateConversation)
    archive_conversation = Answered(conversations.ArchiveConversation)
    list_members = Answered(conversations.ListMembers)
    join = Answered(conversations.Join)
    leave = Answered(conversations.Leave)
    add_member = Answered(conversations.AddMember)
    remove_member = Answered(conversations.RemoveMember)
    mark_read = Answered(conversations.MarkRead)
    update_settings = Answered(conversations.UpdateSettings)
    post_message = Answered(messages.PostMessage)
    get_message = Answered(messages.GetMessage)
    edit_message = Answered(messages.EditMessage)
    delete_message = Answered(messages.DeleteMessage)
    list_revisions = Answered(messages.ListRevisions)
    add_reaction = Answered(messages.AddReaction)
    remove_reaction = Answered(messages.RemoveReaction)
    pin_message = Answered(messages.PinMessage)
    unpin_message = Answered(messages.UnpinMessage)
    list_pins = Answered(messages.ListPins)
    list_thread = Answered(messages.ListThread)
    list_messages = Answered(updates.ListMessages)
    list_updates = Answered(updates.ListUpdates)
    catch_up = Answered(updates.CatchUp)


class SyncPresence(SyncNamespace):
    """The commands of `presence`."""

    watch = Answered(presence.Watch)
    set_typing = Answered(presence.SetTyping)


class SyncPersonal(SyncNamespace):
    """The commands of `personal`."""

    save_draft = Answered(personal.SaveDraft)
    get_draft = Answered(personal.GetDraft)
    list_drafts = Answered(personal.ListDrafts)
    save_message = Answered(personal.SaveMessage)
    unsave_message = Answered(personal.UnsaveMessage)
    list_saved = Answered(personal.ListSaved)
    list_saved_ids = Answered(personal.ListSavedIds)
