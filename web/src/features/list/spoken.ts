import { t } from '$i18n/t';
import type { Attention } from '$stores/surface';

/** "envíos, 1 mention, 3 unread": a name with what waits under it. */
export function spokenAttention(name: string, { mentions, unread }: Attention): string {
  const parts = name ? [name] : [];
  if (mentions > 0) parts.push(t('list.mentions', { count: mentions }));
  if (unread > 0) parts.push(t('list.unread', { count: unread }));
  return parts.join(', ');
}
