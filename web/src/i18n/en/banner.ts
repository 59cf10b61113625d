/* The banner under the title bar: how the line to the server is. */
export const banner = {
  connecting: 'Connecting…',
  offline: 'You’re offline.',
  offline_text: '{count, plural, =0 {Read on, write on.} one {Read on, write on: # message waits to go.} other {Read on, write on: # messages wait to go.}}',
  try_now: 'Try now',
  catching_up: 'Back. Fetching what you missed…',
  up_to_date: '{count, plural, =0 {Up to date.} one {Up to date. # message sent.} other {Up to date. # messages sent.}}',
  newer_version: 'There is a newer Tertulia.',
  reload: 'Reload',
  signed_out: 'You were signed out',
  signed_out_text: 'on this device. Your drafts are safe.',
};
