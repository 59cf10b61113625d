import type { fields as en } from '../en/fields';
import type { Words } from '../words';

export const fields: Words<typeof en> = {
  other: 'Esto hay que revisarlo.',
  missing: 'Esto hace falta.',
  too_short: '{limit, plural, =1 {Esto hace falta.} other {Al menos # caracteres.}}',
  too_long: 'Demasiado largo: como mucho {limit, plural, one {# carácter} other {# caracteres}}.',
  control_character: 'Aquí hay un carácter que no se puede usar.',
  lone_surrogate: 'Aquí hay un carácter que no se puede usar.',
  username_characters: 'Solo letras de la a a la z, números y . _ -',
  username_taken: 'Ese nombre de usuario ya lo tiene alguien.',
  channel_name: 'El nombre de un canal no lleva # ni /.',
  name_taken: 'Ya hay un canal con ese nombre.',
  too_common: 'Esa contraseña es de las primeras que probaría cualquiera.',
  string_pattern_mismatch: 'Eso no tiene la forma esperada.',
  email_taken: 'Esa dirección ya la tiene otra persona.',
  blank: 'Aquí falta el texto.',
  too_few_people: 'Un grupo tiene al menos {limit, plural, one {# persona} other {# personas}}.',
  too_many_people: 'Un grupo tiene como mucho {limit, plural, one {# persona} other {# personas}}.',
};
