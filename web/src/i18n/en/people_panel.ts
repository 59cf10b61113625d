/* The people of a conversation. */
export const people_panel = {
  add: 'Add',
  find: 'Find someone',
  here: 'Here · {count}',
  others: 'Not here · {count}',
  none: 'Nobody by that name.',
  actions: 'What {name} may do here',
  remove: 'Remove from here',
  remove_title: 'Remove {name}?',
  remove_text: '{name} will not read “{conversation}” any more. Their messages stay.',
  remove_keep: 'Keep them',
  role_owner: 'May do everything here',
  role_moderator: 'Deletes messages, removes people',
  role_member: 'Reads and writes',
};
