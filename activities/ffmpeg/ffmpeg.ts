import type { Silence } from './silences.ts';

/** ffmpeg and ffprobe, run on files that come from strangers. Every method throws `UnusableMediaError` for such a file. */
export interface Ffmpeg {
  /** Such as `5.1.9-0+deb12u1`. */
  version(): Promise<string>;
  /** What the container says of a video file. */
  probe(file: string, limits: MediaLimits): Promise<MediaFacts>;
  /** Writes the first audio track to `wav`: 16 kHz, mono, 16 bits a sample, nothing but the format and the samples. */
  extractAudio(file: string, wav: string, limits: MediaLimits): Promise<void>;
  /** Silences of at least a third of a second in a WAV of `extractAudio`, in their order; `folder` is for its notes. */
  findSilences(wav: string, folder: string, limits: MediaLimits): Promise<Silence[]>;
  /** Writes every n-th frame, the first included, as JPEG into `folder`; in the order of the video. */
  extractFrames(file: string, folder: string, sampling: FrameSampling, limits: MediaLimits): Promise<ExtractedFrame[]>;
  /** Writes the near-white parts of an image to `png`, black on white, at the size of the image. */
  isolateWhite(image: string, png: string, limits: MediaLimits): Promise<void>;
}

/** Bounds of one process. */
export interface MediaLimits {
  /** Ends the process at once. */
  readonly signal: AbortSignal;
  /** The process is killed after this time; time spent waiting for a processor doesn't count. */
  readonly timeoutMs: number;
}

export interface FrameSampling {
  readonly everyNth: number;
  readonly max: number;
  /** In pixels, at least 1. Each frame gets this size, whatever it had. */
  readonly width: number;
  readonly height: number;
}

export interface ExtractedFrame {
  readonly path: string;
  /** Counted from 0 among the frames of the video as they are shown. */
  readonly number: number;
}

/** Facts of a file that has at least one video or audio track. What the container doesn't say is null. */
export interface MediaFacts {
  readonly container: string;
  readonly durationS: number | null;
  readonly byteLength: number;
  /** Null when the file has sound alone; the picture of an album cover is no video. */
  readonly video: VideoFacts | null;
  readonly audioCodec: string | null;
}

export interface VideoFacts {
  readonly codec: string;
  /** As shown: after the rotation. */
  readonly width: number;
  readonly height: number;
  /** Degrees clockwise by which the stored picture is turned to be shown: 0, 90, 180 or 270. */
  readonly rotation: number;
  /** Mean, in frames a second. */
  readonly frameRate: number | null;
  readonly frames: number | null;
}
