import { MediaQuery } from 'svelte/reactivity';

const phone = new MediaQuery('(max-width: 767.98px)');
const drawer = new MediaQuery('(max-width: 1023.98px)');
const overlay = new MediaQuery('(max-width: 1279.98px)');

/** How much fits beside each other: the breakpoints of the frame. */
export const viewport = {
  /** One pane: the list or the conversation. */
  get phone(): boolean {
    return phone.current;
  },
  /** The list is a drawer over the table, and a panel covers the table. */
  get drawer(): boolean {
    return drawer.current && !phone.current;
  },
  /** A panel lies over the end of the timeline. */
  get overlay(): boolean {
    return overlay.current && !drawer.current;
  },
};
