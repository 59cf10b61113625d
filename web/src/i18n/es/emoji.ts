import type { emoji as en } from '../en/emoji';
import type { Words } from '../words';

export const emoji: Words<typeof en> = {
  picker: 'Elegir un emoji',
  search: 'Buscar un emoji',
  none: 'Ningún emoji con ese nombre.',
  failed: 'No se han podido traer los emojis.',
  recent: 'Recientes',
  results: 'Encontrados',
  smileys: 'Caras',
  people: 'Personas',
  nature: 'Animales y naturaleza',
  food: 'Comida y bebida',
  travel: 'Viajes y lugares',
  activities: 'Actividades',
  objects: 'Objetos',
  symbols: 'Símbolos',
  flags: 'Banderas',
};
