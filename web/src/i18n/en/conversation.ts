/* The title bar of a conversation and its menu. */
export const conversation = {
  details: 'Details',
  people_panel: 'People',
  menu: 'More about the conversation',
  mark_read: 'Mark as read',
  edit_title: 'Name and topic',
  edit: 'Name and topic…',
  mute: 'Mute',
  unmute: 'Unmute',
  leave: 'Leave',
  copy_link: 'Copy link',
  here: '{count, plural, one {# here} other {# here}}',
  people: '{count, plural, one {# person} other {# people}}',
  show_people: '{text}: show people',
};
