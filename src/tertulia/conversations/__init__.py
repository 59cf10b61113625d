"""Spaces, invitations, people, conversations, members, messages: where you are and what you may do.

Owns the tables `conversations_*`. Promises a gap-free log of updates per conversation, that who may do
what is decided in the transaction that does it, and that nobody hears a conversation they are not in.
"""
