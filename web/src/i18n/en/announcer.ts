export const announcer = {
  message: '{name}: {text}',
  new_messages: '{count, plural, one {# new message} other {# new messages}}',
  connection_lost: 'The connection was lost. What you write will be sent when it is back.',
  send_failed: 'A message was not sent.',
};
