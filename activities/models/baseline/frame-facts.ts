import { decode } from 'jpeg-js';
import { colourName } from './colour-name.ts';

/** What can be measured in one frame. Brightness and contrast are from 0 to 1. */
export interface FrameFacts {
  readonly width: number;
  readonly height: number;
  readonly brightness: number;
  /** Standard deviation of the brightness. */
  readonly contrast: number;
  /** Shares of the picture by the name of the colour; they sum to 1. */
  readonly colours: ReadonlyMap<string, number>;
  /** Mean brightness of 16 x 16 fields, row by row: what frames are compared by. */
  readonly fields: readonly number[];
}

/** Not a JPEG that can be decoded. */
export class UndecodableFrameError extends Error {
  override readonly name = 'UndecodableFrameError';
}

const FIELDS = 16;
/** Enough for shares of whole percents. */
const SAMPLES_A_SIDE = 96;
const LIMITS = { maxResolutionInMP: 64, maxMemoryUsageInMB: 1024 };

export function frameFacts(jpeg: Uint8Array): FrameFacts {
  const { width, height, data } = decoded(jpeg);
  const colours = new Map<string, number>();
  const sums = new Float64Array(FIELDS * FIELDS);
  const counts = new Float64Array(FIELDS * FIELDS);
  let sum = 0;
  let squares = 0;
  const total = SAMPLES_A_SIDE * SAMPLES_A_SIDE;
  for (let row = 0; row < SAMPLES_A_SIDE; row += 1)
    for (let column = 0; column < SAMPLES_A_SIDE; column += 1) {
      const y = Math.floor(((row + 0.5) * height) / SAMPLES_A_SIDE);
      const x = Math.floor(((column + 0.5) * width) / SAMPLES_A_SIDE);
      const at = (y * width + x) * 3;
      const [red, green, blue] = [data[at]! / 255, data[at + 1]! / 255, data[at + 2]! / 255];
      // Rec. 709.
      const light = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
      const name = colourName(red, green, blue);
      colours.set(name, (colours.get(name) ?? 0) + 1 / total);
      const field =
        Math.floor((row * FIELDS) / SAMPLES_A_SIDE) * FIELDS + Math.floor((column * FIELDS) / SAMPLES_A_SIDE);
      sums[field]! += light;
      counts[field]! += 1;
      sum += light;
      squares += light * light;
    }
  const brightness = sum / total;
  const contrast = Math.sqrt(Math.max(0, squares / total - brightness * brightness));
  return {
    width,
    height,
    brightness,
    contrast,
    colours,
    fields: [...sums].map((light, index) => light / counts[index]!),
  };
}

/** Mean difference of brightness between two frames, from 0 to 1. */
export const frameDifference = (a: FrameFacts, b: FrameFacts): number =>
  a.fields.reduce((sum, light, index) => sum + Math.abs(light - b.fields[index]!), 0) / a.fields.length;

function decoded(jpeg: Uint8Array) {
  try {
    return decode(jpeg, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, ...LIMITS });
  } catch (error) {
    throw new UndecodableFrameError(
      `a frame can't be decoded as JPEG: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
