import type { Component, Snippet } from 'svelte';
import type { Message } from '$protocol/wire';
import type { MarkdownSetting } from '$ui/markdown/setting';
import TextTile from './TextTile.svelte';
import UnknownTile from './UnknownTile.svelte';

/** What a tile is given: the message, and how its text is to be read. */
export interface TileProps {
  message: Message;
  setting: MarkdownSetting;
  /** Follows the text: that it was edited. */
  after?: Snippet | undefined;
}

const TILES: Readonly<Record<string, Component<TileProps>>> = {
  text: TextTile,
};

/** The tile that shows a kind of message; a kind this version does not know shows its text. */
export function tileOf(message: Message): Component<TileProps> {
  return TILES[message.kind] ?? UnknownTile;
}
