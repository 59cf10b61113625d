import type { people as en } from '../en/people';
import type { Words } from '../words';

export const people: Words<typeof en> = {
  removed: 'Alguien que se fue',
  unknown: 'Alguien',
  notes: 'Mis notas',
  role_owner: 'Responsable',
  role_admin: 'Administración',
  role_moderator: 'Moderación',
  role_member: 'Integrante',
  role_guest: 'Visitante',
  role_teacher: 'Docente',
  role_assistant: 'Asistente',
  role_student: 'Estudiante',
  role_guardian: 'Familia',
  role_agent: 'Agente',
};
