import type { Id } from '$protocol/wire';
import type { Place } from './Log.svelte';

/** Where each conversation was left, for as long as the page lives. */
export const places = new Map<Id, Place>();
