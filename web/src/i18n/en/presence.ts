/* Said beside a name. */
export const presence = {
  online: 'here',
  away: 'away',
  busy: 'do not disturb',
  offline: 'offline',
};
