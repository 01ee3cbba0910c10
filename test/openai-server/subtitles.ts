import type { TranscriptionSegment } from 'openai/resources/audio/transcriptions';

const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');

const timestamp = (seconds: number, decimalMark: ',' | '.'): string => {
  const ms = Math.round(seconds * 1000);
  const clock = `${two(ms / 3_600_000)}:${two((ms / 60_000) % 60)}:${two((ms / 1000) % 60)}`;
  return `${clock}${decimalMark}${String(ms % 1000).padStart(3, '0')}`;
};

export const srt = (segments: readonly TranscriptionSegment[]): string =>
  segments
    .map(
      ({ start, end, text }, index) =>
        `${index + 1}\n${timestamp(start, ',')} --> ${timestamp(end, ',')}\n${text.trim()}\n\n`,
    )
    .join('');

export const webVtt = (segments: readonly TranscriptionSegment[]): string =>
  `WEBVTT\n\n${segments
    .map(({ start, end, text }) => `${timestamp(start, '.')} --> ${timestamp(end, '.')}\n${text.trim()}\n\n`)
    .join('')}`;
