import type { SceneName } from './scene.ts';

/** What a human coder would answer; `null` where there is nothing to see or hear. */
export type Stance = 'support' | 'no support' | 'neutral';

export interface Slide {
  /** Second from which these lines are on the screen, until the next slide. */
  from: number;
  lines: readonly string[];
}

export interface Picture {
  scene: SceneName;
  width: 216 | 288 | 360;
  height: 384 | 512 | 640;
  fps: 24 | 25 | 30;
  frames: number;
  slides: readonly Slide[];
  /** Spanish text to speak, a tune without a voice, or no audio track at all. */
  sound: { says: string; pitch: number } | 'tune' | 'none';
}

/** One row of the sample: the video, and what the Research API says of it. */
export interface Clip {
  name: string;
  /** ISO 8601, UTC. */
  postedAt: string;
  username: string;
  /** The video's description; its hashtags are taken from it. */
  caption: string;
  stance: Stance | null;
  /** `null`: what was downloaded is not a video. */
  picture: Picture | null;
  /** Fields that only this row has, or (as undefined) that this row lacks. */
  fields?: Readonly<Record<string, unknown>>;
}

export const secondsOf = ({ frames, fps }: Picture): number => frames / fps;
