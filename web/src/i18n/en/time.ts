export const time = {
  today: 'Today',
  yesterday: 'Yesterday',
  yesterday_short: 'yesterday',
  /* After "since": at a time of today, yesterday, on another day. `hour` is `one` for times that begin with 1. */
  since_time: '{hour, select, other {{time}}}',
  since_yesterday: 'yesterday',
  since_day: '{day}',
};
