/* The picker of emoji. */
export const emoji = {
  picker: 'Choose an emoji',
  search: 'Find an emoji',
  none: 'No emoji by that name.',
  failed: 'The emoji could not be fetched.',
  recent: 'Recent',
  results: 'Found',
  smileys: 'Smileys',
  people: 'People',
  nature: 'Animals and nature',
  food: 'Food and drink',
  travel: 'Travel and places',
  activities: 'Activities',
  objects: 'Objects',
  symbols: 'Symbols',
  flags: 'Flags',
};
