export const time = {
  today: 'Today',
  yesterday: 'Yesterday',
  yesterday_short: 'yesterday',
};
