/* What one keeps to find again: drafts and saved messages. */
export const saved = {
  title: 'Drafts & saved',
  drafts: 'Drafts',
  messages: 'Saved messages',
  save: 'Save for yourself',
  unsave: 'Remove from saved',
  mark: 'Saved',
  failed: 'That was not saved. {reason}',
  in_thread: 'In a thread of {name}',
  discard: 'Discard the draft',
  discarded: 'Draft discarded',
  gone: 'You can’t read this message any more.',
  nothing: 'Nothing kept here yet',
  nothing_text: 'What you begin to write waits here, and the messages that you save. Only you see it.',
  list_failed: 'What you saved can’t be shown right now.',
};
