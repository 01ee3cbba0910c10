import { isJsonObject } from '../../datasets/declaration/json-object.ts';
import type { Call } from '../../datasets/call.ts';
import { type CellValue, typeToJson } from '../../datasets/column-type.ts';
import { isList } from '../../datasets/is-list.ts';
import { jsonOf } from '../../datasets/canonical-row.ts';
import type { LoggedRequest } from '../../datasets/request-log.ts';
import { formatCost, formatCount, plural, shortDigest } from '../terminal/format-number.ts';
import type { Place, ToldCell } from './cell-story.ts';

/** What a cell has in a column, as short as it can be said without leaving anything out of a text or number. */
export function valueWords(cell: ToldCell, column: string): string {
  if (cell.status !== 'ok') return `(${cell.status}: ${cell.errorCode})`;
  const value: CellValue = cell.values[column] ?? null;
  const { arrow, media } = cell.columns[column]!;
  if (value === null) return '(no value)';
  if (media)
    return isList(value)
      ? plural(value.length, mediaWord(media))
      : `${mediaWord(media)} ${typeof value === 'string' ? shortDigest(value) : ''}`;
  if (value === '') return '(empty text)';
  if (isList(value) && isNumeric(arrow)) return plural(value.length, 'number');
  return typeof value === 'object' ? JSON.stringify(jsonOf(value)) : String(value);
}

const mediaWord = (media: string) => (media === 'any' ? 'file' : media);

function isNumeric(arrow: ToldCell['columns'][string]['arrow']): boolean {
  const type = typeToJson(arrow);
  return typeof type === 'object' && 'list' in type && (type.list === 'float32' || type.list === 'float64');
}

/** One call: who was asked and answered, when, for how many tokens and how much money, under which name. */
export function callWords(call: Call, run: string): string {
  const { model_requested: requested, model_returned: returned } = call;
  const answered =
    call.answer_digest === null && call.request_key !== null
      ? ' (no answer was kept)'
      : returned === null
        ? ' (the provider doesn’t say which model answered)'
        : returned === requested
          ? ' (answered by the same)'
          : ` (answered by ${returned})`;
  return [
    `${call.provider === 'openai' ? '' : `${call.provider} `}${requested}${answered}${call.started_ms === null ? '' : ` on ${timeWords(call.started_ms)}`}`,
    ...(call.input_tokens === null && call.output_tokens === null
      ? []
      : [`${formatCount(call.input_tokens ?? 0n)} + ${formatCount(call.output_tokens ?? 0n)} tokens`]),
    ...(call.audio_seconds === null ? [] : [`${call.audio_seconds} s of sound`]),
    call.cost_nano_usd === null ? 'price not known' : formatCost(call.cost_nano_usd),
    `run ${run}`,
    ...(call.attempt !== null && call.attempt > 1 ? [`try ${call.attempt}`] : []),
    ...(call.request_id === null ? [] : [`request ${call.request_id}`]),
  ].join(', ');
}

/** What made a cell: `media/frames@1, every_nth 300, ffmpeg 5.1.9, from media.file`. */
export function madeWords(cell: ToldCell): string {
  const models = [...new Set(cell.calls.map((call) => call.model_returned ?? call.model_requested ?? ''))];
  const parameters = isJsonObject(cell.state.parameters) ? Object.entries(cell.state.parameters) : [];
  const said = parameters.flatMap(([name, value]) => {
    if (isJsonObject(value) && typeof value['prompt'] === 'string') return [`prompt ${shortDigest(value['prompt'])}`];
    return typeof value === 'object' ? [] : [`${name} ${value}`];
  });
  const ffmpeg = cell.state.kind.startsWith('media/') ? /\bffmpeg\/(\S+)/.exec(cell.software)?.[1] : undefined;
  return [
    `${cell.state.kind}@${cell.state.revision}${models.length > 0 ? ` ${models.join(' and ')}` : ''}`,
    ...said,
    ...(ffmpeg ? [`ffmpeg ${ffmpeg}`] : []),
    ...(cell.inputs.length > 0
      ? [`from ${cell.inputs.map(({ step, column }) => `${step}.${column}`).join(', ')}`]
      : []),
  ].join(', ');
}

/** When and with what a cell was made. */
export const runWords = (cell: ToldCell): string =>
  [`run ${cell.run}${cell.runStartedMs === null ? '' : `, begun ${timeWords(cell.runStartedMs)}`}`, cell.software].join(
    ', ',
  );

export function placeWords(place: Place, kind: string): string {
  if (place.kind === 'unknown') return 'not kept in versions made before this was recorded';
  if (place.kind === 'place') return place.text;
  const { request, sent } = place;
  if (!sent) return `request ${request}, which is not in this version's log of requests`;
  return `${apiName(kind)}, ${requestWords(sent)}`;
}

const apiName = (kind: string) => (kind.startsWith('tiktok/') ? `TikTok Research API (${kind})` : kind);

const requestWords = (sent: LoggedRequest): string =>
  [
    `query ${shortDigest(sent.query)}`,
    sent.unit,
    `page ${sent.page}`,
    ...(sent.log_id === null ? [] : [`log id ${sent.log_id}`]),
    timeWords(sent.answered_at),
    `request ${sent.request}`,
  ].join(', ');

/** `2026-11-22 14:03:11 UTC`. */
export const timeWords = (epochMs: number | bigint): string =>
  `${new Date(Number(epochMs)).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
