/** A stretch without sound, in seconds from the start of the file. */
export interface Silence {
  readonly fromS: number;
  /** Null when it lasts to the end of the file. */
  readonly toS: number | null;
}

/** Between sentences people pause for a third of a second and more; at 35 dB under full scale a room's noise is no sound. */
export const SILENCE = { noise: '-35dB', minS: 0.3 } as const;

/** What `silencedetect` found, from the lines in which `ametadata=mode=print` writes it. */
export function silencesIn(metadata: string): Silence[] {
  const silences: Silence[] = [];
  let fromS: number | null = null;
  for (const [, edge, seconds] of metadata.matchAll(/^lavfi\.silence_(start|end)=(-?[\d.]+)\s*$/gm)) {
    // Older versions give a silence at the beginning a time just below 0.
    const at = Math.max(0, Number(seconds));
    if (edge === 'start') fromS = at;
    else if (fromS !== null) {
      silences.push({ fromS, toS: at });
      fromS = null;
    }
  }
  return fromS === null ? silences : [...silences, { fromS, toS: null }];
}
