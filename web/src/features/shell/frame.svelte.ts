/** What of the frame is open on this screen. */
class Frame {
  /** The list of conversations lies over the table (between 768 and 1024 px). */
  drawer = $state(false);
}

export const frame = new Frame();
