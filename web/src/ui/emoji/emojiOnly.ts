const ONE_TO_THREE = new RegExp('^\\s*(?:\\p{RGI_Emoji}\\s*){1,3}$', 'v');

/** One to three emoji and nothing else: such a message is shown large. */
export function isEmojiOnly(text: string): boolean {
  return text.length < 120 && ONE_TO_THREE.test(text);
}
