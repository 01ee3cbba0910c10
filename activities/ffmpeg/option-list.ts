/** `{ threads: 1 }` as ffmpeg's arguments `-threads 1`. */
export const optionList = (options: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(options).flatMap(([name, value]) => [`-${name}`, String(value)]);
