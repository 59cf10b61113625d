/* The details panel. */
export const details = {
  kind: 'Kind',
  space: 'Space',
  since: 'Since',
  archived: 'Archived',
  public: 'Public channel',
  private: 'Private channel',
  plaza: 'For everyone on this server',
  direct: 'Direct conversation',
  group: 'Group',
  channel: 'Channel',
  pins: 'Pinned',
  pins_failed: 'What is pinned could not be fetched.',
};
