import pc from 'picocolors';
import { shellVariable } from '../shell-variable.ts';

export type Colours = ReturnType<typeof pc.createColors>;

/**
 * Colours for a terminal, unless `NO_COLOR` asks for none (picocolors reads it). A stream that is no terminal has no `isTTY`
 * at all, and picocolors takes an undefined for "find out", which `CI` turns into yes.
 */
export const coloursFor = (stream: { readonly isTTY?: boolean | undefined }): Colours =>
  pc.createColors(stream.isTTY === true && pc.isColorSupported);

/** Columns of the terminal; in a pipe what `COLUMNS` says, as for other programs, or else wide enough for nearly everything. */
export function widthOf(stream: NodeJS.WriteStream): number {
  const said = shellVariable('COLUMNS');
  return stream.columns ?? (/^[1-9]\d*$/.test(said) ? Number(said) : 160);
}
