/* What is wrong with one field of a form, by the code of its error. */
export const fields = {
  other: 'This needs another look.',
  missing: 'This is needed.',
  too_short: '{limit, plural, =1 {This is needed.} other {At least # characters.}}',
  too_long: 'Too long: at most {limit, plural, one {# character} other {# characters}}.',
  control_character: 'There is a character here that cannot be used.',
  lone_surrogate: 'There is a character here that cannot be used.',
  username_characters: 'Only letters from a to z, numbers, and . _ -',
  username_taken: 'That username is taken.',
  channel_name: 'A channel’s name has no # and no /.',
  name_taken: 'There is a channel with that name already.',
  too_common: 'That password is one of the first anybody would try.',
  string_pattern_mismatch: 'That doesn’t look right.',
  email_taken: 'Somebody else has that address.',
  blank: 'There is no text here.',
  too_few_people: 'A group has at least {limit, plural, one {# person} other {# people}}.',
  too_many_people: 'A group has at most {limit, plural, one {# person} other {# people}}.',
};
