import { z } from 'zod';
import type { MediaFacts, VideoFacts } from './ffmpeg.ts';
import { UnusableMediaError } from './unusable-media-error.ts';

const streamShape = z.object({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  avg_frame_rate: z.string().optional(),
  r_frame_rate: z.string().optional(),
  nb_frames: z.string().optional(),
  nb_read_packets: z.string().optional(),
  duration: z.string().optional(),
  disposition: z.object({ attached_pic: z.number().optional() }).optional(),
  tags: z.object({ rotate: z.string().optional() }).optional(),
  side_data_list: z.array(z.object({ rotation: z.number().optional() })).optional(),
});
const outputShape = z.object({
  streams: z.array(streamShape).default([]),
  format: z
    .object({ format_name: z.string().default(''), duration: z.string().optional() })
    .default({ format_name: '' }),
});
type Stream = z.output<typeof streamShape>;

/** What `ffprobe` is asked; nothing that a stranger can make long. */
export const FACTS_ASKED = [
  '-show_entries',
  [
    'format=format_name,duration',
    'stream=codec_type,codec_name,width,height,avg_frame_rate,r_frame_rate,nb_frames,duration',
    'stream_disposition=attached_pic',
    'stream_tags=rotate',
    'stream_side_data=rotation',
  ].join(':'),
];

/** Counts the packets of the video; a frame each in what phones and TikTok make. Reads the file, decodes nothing. */
export const FRAMES_ASKED = ['-count_packets', '-select_streams', 'V:0', '-show_entries', 'stream=nb_read_packets'];

export function mediaFacts(ffprobe: unknown, byteLength: number): MediaFacts {
  const { streams, format } = outputShape.parse(ffprobe);
  const picture = streams.find(
    ({ codec_type: type, disposition, width, height }) =>
      type === 'video' && disposition?.attached_pic !== 1 && (width ?? 0) > 0 && (height ?? 0) > 0,
  );
  const sound = streams.find(({ codec_type: type }) => type === 'audio');
  if (!picture && !sound) throw new UnusableMediaError('not_a_video', 'The file has neither video nor audio in it.');
  return {
    container: format.format_name,
    durationS: positive(format.duration) ?? positive(picture?.duration) ?? positive(sound?.duration),
    byteLength,
    video: picture ? videoFacts(picture) : null,
    audioCodec: sound ? (sound.codec_name ?? 'unknown') : null,
  };
}

export const countedFrames = (ffprobe: unknown): number | null =>
  positive(outputShape.parse(ffprobe).streams[0]?.nb_read_packets);

function videoFacts(stream: Stream): VideoFacts {
  const rotation = rotationOf(stream);
  const [width, height] = rotation % 180 === 0 ? [stream.width!, stream.height!] : [stream.height!, stream.width!];
  return {
    codec: stream.codec_name ?? 'unknown',
    width,
    height,
    rotation,
    frameRate: ratio(stream.avg_frame_rate) ?? ratio(stream.r_frame_rate),
    frames: positive(stream.nb_frames),
  };
}

/** The display matrix says it counter-clockwise, the `rotate` tag of older versions clockwise. */
function rotationOf({ side_data_list: sideData, tags }: Stream): number {
  const counterClockwise = sideData?.find(({ rotation }) => rotation !== undefined)?.rotation;
  const clockwise = counterClockwise === undefined ? Number(tags?.rotate ?? 0) : -counterClockwise;
  const quarters = Math.round((Number.isFinite(clockwise) ? clockwise : 0) / 90);
  return (((quarters % 4) + 4) % 4) * 90;
}

function positive(number: string | undefined): number | null {
  const value = Number(number);
  return number !== undefined && Number.isFinite(value) && value > 0 ? value : null;
}

function ratio(fraction: string | undefined): number | null {
  const [over, under] = (fraction ?? '').split('/').map(Number);
  return over && under ? over / under : null;
}
