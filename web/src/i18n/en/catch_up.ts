/* Catch up: what waits, in all spaces, read and marked in one place. */
export const catch_up = {
  title: 'Catch up',
  waiting: '{messages, plural, one {# message} other {# messages}} in {count, plural, one {# conversation} other {# conversations}}',
  mentions: 'Looks at you',
  direct: 'Direct',
  channels: 'Channels',
  read: 'Mark as read',
  conversations: '{count, plural, one {# conversation waits} other {# conversations wait}}',
  read_name: 'Mark {name} as read',
  read_all: 'Mark everything as read',
  read_one: '{name} is read',
  read_many: '{count, plural, one {# conversation read} other {# conversations read}}',
  more_lines: '{count, plural, one {# more message} other {# more messages}}',
};
