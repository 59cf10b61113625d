/* The history of a message. */
export const messages = {
  history: 'History of the message',
  history_text: 'What it said before each change, newest first.',
  now: '{when} · as it is now',
};
