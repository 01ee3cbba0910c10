import { jsonOf } from '../../datasets/canonical-row.ts';
import type { Call } from '../../datasets/call.ts';
import type { Json } from '../../manifests/canonical-json.ts';
import type { AskedRequest, CellStory, Place, ToldCell } from './cell-story.ts';
import { sentPrompt } from './sent-prompt.ts';

/** A story as `gettok why --json` prints it: 64-bit integers as text, money in dollars, times in ISO 8601. */
export function storyJson({ cells, asked, ...story }: CellStory): Json {
  const [cell] = cells;
  return {
    ...story,
    tags: [...story.tags],
    value: jsonOf(cell.values[story.column] ?? null),
    status: cell.status,
    error_code: cell.errorCode,
    error_message: cell.errorMessage,
    rendered_again: asked.verdict,
    note: asked.note,
    prompts: Object.fromEntries(asked.prompts),
    requests: asked.requests.map(requestJson),
    cells: cells.map(cellJson),
  };
}

function requestJson({ key, rendered, calls, answers }: AskedRequest): Json {
  const prompt = rendered && sentPrompt(rendered.request);
  return {
    request_key: key,
    rendered: rendered && {
      request_key: rendered.key,
      endpoint: rendered.request.endpoint,
      body: rendered.request.body,
      images: [...prompt!.images],
      audio: prompt!.audio,
    },
    calls: calls.map(callJson),
    answers: answers.map((answer) => ({
      answer_digest: answer.answer,
      status: answer.status,
      request_id: answer.requestId,
      run: answer.run,
      attempt: answer.attempt,
      started_at: timeOf(answer.startedMs),
      ended_at: timeOf(answer.endedMs),
      batch: answer.batch,
      body: answer.bytes.toString('utf8'),
    })),
  };
}

const cellJson = (cell: ToldCell): Json => ({
  step: cell.step,
  kind: `${cell.state.kind}@${cell.state.revision}`,
  configuration: cell.state.configuration,
  parameters: cell.state.parameters,
  status: cell.status,
  error_code: cell.errorCode,
  error_message: cell.errorMessage,
  meaning: cell.meaning,
  values: Object.fromEntries(Object.keys(cell.columns).map((name) => [name, jsonOf(cell.values[name] ?? null)])),
  inputs: cell.inputs.map(({ role, step, column }) => ({ role, from: `${step}.${column}` })),
  cell_key: cell.cellKey,
  run: cell.run,
  run_started_at: cell.runStartedMs === null ? null : timeOf(cell.runStartedMs),
  software: cell.software,
  calls: cell.calls.map(callJson),
  ...(cell.place && { origin: placeJson(cell.place) }),
});

const callJson = ({ cost_nano_usd: cost, started_ms: started, ended_ms: ended, ...call }: Call): Json => ({
  ...Object.fromEntries(Object.entries(call).map(([name, value]) => [name, jsonOf(value)])),
  cost_usd: cost === null ? null : Number(cost) / 1e9,
  started_at: started === null ? null : timeOf(started),
  ended_at: ended === null ? null : timeOf(ended),
});

function placeJson(place: Place): Json {
  if (place.kind !== 'request')
    return place.kind === 'place' ? { kind: 'place', place: place.text } : { kind: 'unknown' };
  const { sent } = place;
  return {
    kind: 'request',
    request: place.request,
    sent: sent && {
      ...Object.fromEntries(
        Object.entries(sent).flatMap(([name, value]) =>
          name === 'asked_at' || name === 'answered_at' || name === 'notes' ? [] : [[name, jsonOf(value)]],
        ),
      ),
      asked_at: timeOf(sent.asked_at),
      answered_at: timeOf(sent.answered_at),
    },
  };
}

const timeOf = (epochMs: number | bigint): string => new Date(Number(epochMs)).toISOString();
