"""What only its person sees: drafts over all devices, and messages that were saved.

Owns the tables `personal_*`. Promises that nobody else is shown or told any of it, that an older device never
overwrites a newer text unseen, and that what belongs to a conversation is gone with the place in it.
"""
