/* What toasts say. */
export const notices = {
  message_deleted: 'Message deleted',
  undo: 'Undo',
  edit_failed: 'Your change was not saved. {reason}',
  delete_failed: 'The message was not deleted. {reason}',
  reaction_failed: 'Your reaction was not saved. {reason}',
  pin_failed: 'The pin was not saved. {reason}',
  undo_failed: 'The message could not be taken back. {reason}',
};
