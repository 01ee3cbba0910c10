import { type RenderedRequest, replayRequests } from '../../activities/models/replay-requests.ts';
import { promptsIn } from '../../datasets/declaration/parameter-references.ts';
import { recordedParameters } from '../../datasets/declaration/recorded-parameters.ts';
import { readAnswers, type RecordedAnswer } from '../../datasets/answers-file.ts';
import { type Digest, sha256 } from '../../manifests/digest.ts';
import type { Manifest } from '../../manifests/manifest.ts';
import type { AskedAgain, AskedRequest, ToldCell } from './cell-story.ts';
import { kindOf, promptText, type WhyTools } from './why-tools.ts';

/**
 * What was asked of models for a cell: each request of its provenance, with the answers as they came, and the request as the
 * step kind renders it again from the version's parameters and inputs. Their digests are compared, never assumed equal.
 */
export async function askedAgain(
  tools: WhyTools,
  manifest: Manifest,
  cell: ToldCell,
  others: readonly ToldCell[],
): Promise<AskedAgain> {
  const answers = await answersOf(tools, cell);
  const keys = [...new Set(cell.calls.map((call) => call.request_key))];
  const recorded = keys.map((key): AskedRequest => ({
    key,
    rendered: null,
    calls: cell.calls.filter((call) => call.request_key === key),
    answers: answers.filter(({ requestKey }) => requestKey === key),
  }));
  const asked = keys.filter((key) => key !== null);
  if (asked.length === 0)
    return { requests: recorded, verdict: 'nothing asked', note: notAsked(cell), prompts: new Map() };
  const cannot = (note: string): AskedAgain => ({
    requests: recorded,
    verdict: 'not rendered',
    note,
    prompts: new Map(),
  });

  const kind = kindOf(tools, cell.state);
  if (!kind)
    return cannot(
      `${cell.state.kind}@${cell.state.revision} is no step kind of this program: another GET-Tok made it.`,
    );
  const { declaration } = manifest.state;
  const parameters = await recordedParameters(declaration, cell.step, kind, promptText(tools));
  if (!parameters) return cannot(`the manifest doesn't say with which parameters ${cell.step} was declared.`);
  const byStep = new Map(others.map((other) => [other.step, other]));
  const inputs = Object.fromEntries(
    cell.inputs.map(({ role, step, column }) => [role, byStep.get(step)?.values[column] ?? null]),
  );
  const { requests, stopped } = await replayRequests(kind, parameters, inputs, {
    blobs: tools.blobs,
    answersTo: (key) => answers.filter(({ requestKey }) => requestKey === key).map(({ bytes }) => bytes),
  });

  const prompts = new Map(
    promptsIn(kind.params, parameters.params).map(({ text }): [Digest, string] => [sha256(text), text]),
  );
  const byKey = new Map<string, RenderedRequest>(requests.map((request) => [request.key, request]));
  const matched = recorded.map((each) => ({ ...each, rendered: (each.key && byKey.get(each.key)) || null }));
  const unmatched = requests.filter(({ key }) => !asked.includes(key));
  const missing = matched.filter(({ key, rendered }) => key !== null && rendered === null).length;
  if (missing === 0) return { requests: matched, verdict: 'same', note: null, prompts };
  if (stopped !== null && unmatched.length === 0)
    return { ...cannot(stoppedNote(cell, stopped)), requests: matched, prompts };
  const extra = unmatched.map((rendered): AskedRequest => ({ key: null, rendered, calls: [], answers: [] }));
  return {
    requests: [...matched, ...extra],
    verdict: 'differs',
    note:
      `${missing} of ${asked.length} recorded requests can't be rendered to the same digest: this program puts the request ` +
      'together in another way than the one that asked, or a part of the model entry that is in no key was changed ' +
      '(`token_limit`). What is shown is not, to the byte, what was sent.',
    prompts,
  };
}

const stoppedNote = (cell: ToldCell, reason: string): string =>
  cell.calls.some(({ endpoint }) => endpoint === 'audio/transcriptions')
    ? 'the audio went in parts, which are cut anew only when it is sent.'
    : `${cell.state.kind} can't be run without its programs: ${reason}`;

function notAsked(cell: ToldCell): string | null {
  if (!('model' in Object(cell.state.parameters))) return null;
  return cell.calls.length > 0 ? 'it was made in the program itself, by rules: no request was sent.' : null;
}

/** The raw answers about the row in the file that the cell names. */
async function answersOf({ blobs, database }: WhyTools, cell: ToldCell): Promise<readonly RecordedAnswer[]> {
  if (!cell.answers) return [];
  const names = new Set(cell.calls.map(({ answer_digest: digest }) => digest));
  const all = await readAnswers(database, await blobs.file(cell.answers), cell.id);
  return all.filter(({ answer }) => names.has(answer)).toSorted((a, b) => a.startedMs - b.startedMs);
}
