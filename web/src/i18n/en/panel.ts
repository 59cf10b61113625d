/* The side panel. */
export const panel = {
  close: 'Close panel',
  resize: 'Width of the panel',
  thread: 'Thread',
  thread_label: 'Messages of the thread',
  no_replies: 'No replies yet',
};
