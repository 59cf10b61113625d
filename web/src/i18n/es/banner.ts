import type { banner as en } from '../en/banner';
import type { Words } from '../words';

export const banner: Words<typeof en> = {
  connecting: 'Conectando…',
  offline: 'Sin conexión.',
  offline_text: '{count, plural, =0 {Sigue leyendo y escribiendo.} one {Sigue leyendo y escribiendo: # mensaje espera para salir.} other {Sigue leyendo y escribiendo: # mensajes esperan para salir.}}',
  try_now: 'Probar ahora',
  catching_up: 'De vuelta. Trayendo lo que te perdiste…',
  up_to_date: '{count, plural, =0 {Al día.} one {Al día. # mensaje enviado.} other {Al día. # mensajes enviados.}}',
  newer_version: 'Hay una Tertulia más nueva.',
  reload: 'Recargar',
  signed_out: 'Se cerró tu sesión',
  signed_out_text: 'en este dispositivo. Tus borradores están a salvo.',
};
