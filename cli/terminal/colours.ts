import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Colours for a terminal; none in a pipe or where `NO_COLOR` asks for none (picocolors reads it). */
export const coloursFor = (stream: NodeJS.WriteStream): Colours => pc.createColors(stream.isTTY && pc.isColorSupported);

/** Columns of the terminal; wide enough for nearly everything in a pipe. */
export const widthOf = (stream: NodeJS.WriteStream): number => stream.columns ?? 160;
