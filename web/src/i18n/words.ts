/** An area in another language: the same keys, no more and no fewer. */
export type Words<Area> = Readonly<Record<keyof Area, string>>;
