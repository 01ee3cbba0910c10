import type { AskedRequest, CellStory } from '../why/cell-story.ts';
import { promptText, sentPrompt } from '../why/sent-prompt.ts';
import { callWords, madeWords, placeWords, runWords, valueWords } from '../why/story-words.ts';
import type { Colours } from './colours.ts';
import { plural, shortDigest } from './format-number.ts';
import { printable, printableLine, renderTable, truncate } from './render-table.ts';
import { wrapWords } from './wrap-words.ts';

interface WhyStyle {
  readonly width: number;
  readonly colours: Colours;
  /** Where the prompt was saved; null where it wasn't, and is printed. */
  readonly saved: { readonly folder: string; readonly files: readonly string[] } | null;
}

const LABEL = 11;

/** A story so that a person understands it: the value, who was asked what, what it was made of, and where the row is from. */
export function renderWhy(story: CellStory, style: WhyStyle): string {
  const { bold, dim, red, green } = style.colours;
  const { cells, asked, tags, version } = story;
  const [cell] = cells;
  const room = Math.max(40, style.width - LABEL);
  const label = (name: string) => dim(name.padEnd(LABEL));
  const labelled = (name: string, text: string) =>
    wrapWords(text, room).map((line, index) => `${label(index === 0 ? name : '')}${line}`);
  const value = printable(valueWords(cell, story.column));
  const about = `${story.step}.${story.column} of ${printable(story.id)} in ${tags[0] ?? shortDigest(version)}`;
  const short = value.length <= 40;
  const paint = cell.status === 'failed' ? red : bold;
  const lines = short ? [`${paint(value)}   ${about}`] : [about, paint(value)];
  if (cell.status !== 'ok') {
    const why = [cell.errorMessage, cell.meaning].filter((each) => each !== null && each !== '');
    lines.push(...[...new Set(why)].flatMap((each) => labelled('why', printable(each ?? ''))));
  }
  lines.push('');

  for (const { calls } of asked.requests)
    for (const call of calls) lines.push(...labelled('asked', printable(callWords(call, cell.run))));
  const prompts = [...asked.prompts.keys()].map(shortDigest);
  for (const request of asked.requests) {
    if (request.rendered)
      lines.push(
        `${label('prompt')}${[...prompts, ...sentWords(request)].join(', ')}${style.saved ? `  → ${style.saved.folder}/` : ''}`,
      );
    for (const { bytes } of request.answers)
      lines.push(`${label('answer')}${truncate(printable(answerText(bytes)), room)}`);
  }
  const verdict = {
    same: `${green('✔')} rendered again, every request has the digest that was recorded: this is what was sent`,
    differs: red('✘ rendered again, the digest is another than the one recorded'),
    'not rendered': red('✘ not rendered again'),
    'nothing asked': '',
  }[asked.verdict];
  if (verdict !== '') lines.push(`${label('checked')}${verdict}`);
  if (asked.note !== null) lines.push(...labelled(verdict === '' ? 'asked' : '', printable(asked.note)));
  lines.push(
    ...labelled('made by', printable(madeWords(cell))),
    ...wrapWords(printable(runWords(cell)), room).map((line) => `${label('')}${dim(line)}`),
  );

  const rows = cells
    .slice(1)
    .flatMap((each) =>
      each.shown.map((column) => [
        `${each.step}.${column}`,
        printable(valueWords(each, column)),
        printable(madeWords(each)),
      ]),
    );
  if (rows.length > 0) lines.push('', dim('inputs, the nearest first'));
  if (rows.length > 0) lines.push(inputTable(rows, style.width));
  const place = cells.at(-1)!.place;
  if (place) lines.push('', `${label('source')}${printable(placeWords(place, cells.at(-1)!.state.kind))}`);
  if (style.saved) lines.push('', `Saved in ${style.saved.folder}: ${style.saved.files.join(', ')}`);
  else {
    // One that was asked several times is the same each time.
    const sent = new Set(
      asked.requests.map(({ rendered }) => (rendered ? promptText(sentPrompt(rendered.request)) : '')),
    );
    lines.push(...[...sent].flatMap((text) => promptBlock(text, dim)));
  }
  return lines.join('\n');
}

/** A long text is cut: `gettok why <id> <its column>` has it whole. */
function inputTable(rows: readonly (readonly string[])[], width: number): string {
  const cut = rows.map(([name, value, made]) => [
    name!,
    truncate(value!, Math.max(24, Math.floor(width * 0.3))),
    made!,
  ]);
  return renderTable([{ title: '' }, { title: '' }, { title: '', shrinks: true }], cut, width);
}

function sentWords({ rendered }: AskedRequest): string[] {
  const { images, audio } = sentPrompt(rendered!.request);
  return [
    ...(images.length > 0 ? [`with ${plural(images.length, 'image')}`] : []),
    ...(audio === null ? [] : [`audio ${shortDigest(audio)}`]),
  ];
}

/** What the model said, without the envelope; the whole of what is in no known form. */
function answerText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  const content = /"content"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(text)?.[1];
  if (content === undefined) return text;
  try {
    return JSON.parse(content) as string;
  } catch {
    return text;
  }
}

function promptBlock(text: string, dim: Colours['dim']): string[] {
  if (text === '') return [];
  const lines = text.trimEnd().split('\n');
  return [
    '',
    dim('the prompt as sent; with its images in files: --save'),
    ...lines.map((line) => `  ${printableLine(line)}`),
  ];
}
