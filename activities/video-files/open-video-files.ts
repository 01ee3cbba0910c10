import { bucketVideos } from './bucket-videos.ts';
import { localVideos } from './local-videos.ts';
import type { VideoFiles, VideoPlace } from './video-files.ts';
import type { VideoPattern } from './video-pattern.ts';

export const openVideoFiles = async (pattern: VideoPattern, place: VideoPlace): Promise<VideoFiles> =>
  pattern.bucket === null ? localVideos(pattern, place) : bucketVideos(pattern, pattern.bucket, place);
