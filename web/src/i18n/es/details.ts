import type { details as en } from '../en/details';
import type { Words } from '../words';

export const details: Words<typeof en> = {
  kind: 'Tipo',
  space: 'Espacio',
  since: 'Desde',
  archived: 'Archivada',
  public: 'Canal público',
  private: 'Canal privado',
  plaza: 'Para todo el servidor',
  direct: 'Conversación directa',
  group: 'Grupo',
  channel: 'Canal',
  pins: 'Fijados',
  pins_failed: 'No se ha podido traer lo fijado.',
};
