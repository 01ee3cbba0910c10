import { escapeHtml } from '../report/markup.ts';
import { imageDataUrl } from '../../activities/models/image-data-url.ts';
import { jsonOf } from '../../datasets/canonical-row.ts';
import type { BlobStore } from '../../manifests/blob-store.ts';
import type { AskedRequest, CellStory, ToldCell } from './cell-story.ts';
import { sentPrompt } from './sent-prompt.ts';
import { callWords, madeWords, placeWords, runWords, valueWords } from './story-words.ts';

/** One page that needs nothing else: no script, no address; all that comes from videos and models is text in it. */
export async function storyHtml(story: CellStory, blobs: Pick<BlobStore, 'get'>): Promise<string> {
  const { cells, asked } = story;
  const [cell, ...others] = cells;
  const title = `${story.step}.${story.column} of ${story.id}`;
  const requests = await Promise.all(asked.requests.map((request) => requestHtml(request, cell, blobs)));
  const verdict = {
    same: 'Rendered again, every request has the digest that was recorded: this is what was sent.',
    differs: 'Rendered again, the digest is another than the one recorded.',
    'not rendered': 'Not rendered again.',
    'nothing asked': '',
  }[asked.verdict];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<p class="dim">${escapeHtml([story.dataset, ...story.tags].join(' '))}, version ${escapeHtml(story.version)}</p>
<pre class="value">${escapeHtml(fullValue(cell, story.column))}</pre>
${[cell.errorMessage, cell.meaning].map((why) => (why ? `<p>${escapeHtml(why)}</p>` : '')).join('')}
<p>${escapeHtml(madeWords(cell))}<br><span class="dim">${escapeHtml(runWords(cell))}</span></p>
${verdict === '' && asked.note === null ? '' : `<p class="${asked.verdict === 'same' ? 'good' : 'bad'}">${escapeHtml([verdict, asked.note ?? ''].join(' ').trim())}</p>`}
${requests.join('\n')}
<h2>Inputs, the nearest first</h2>
<dl>
${others.flatMap((other) => other.shown.map((column) => inputHtml(other, column))).join('\n')}
</dl>
<h2>Source</h2>
<p>${escapeHtml(sourceWords(cells))}</p>
</body>
</html>
`;
}

const sourceWords = (cells: CellStory['cells']): string => {
  const last = cells.at(-1)!;
  return last.place ? placeWords(last.place, last.state.kind) : '';
};

async function requestHtml(
  { key, rendered, calls, answers }: AskedRequest,
  cell: ToldCell,
  blobs: Pick<BlobStore, 'get'>,
): Promise<string> {
  const parts = calls.map((call) => `<p>${escapeHtml(callWords(call, cell.run))}</p>`);
  if (rendered) {
    const { texts, images, audio } = sentPrompt(rendered.request);
    const pictures = await Promise.all(
      images.map(
        async (image) => `<img src="${escapeHtml(imageDataUrl(await blobs.get(image)))}" alt="${escapeHtml(image)}">`,
      ),
    );
    parts.push(
      ...texts.map(({ role, text }) => `<h3>${escapeHtml(role)}</h3>\n<pre>${escapeHtml(text)}</pre>`),
      pictures.length > 0 ? `<p class="frames">${pictures.join('\n')}</p>` : '',
      audio === null ? '' : `<p>audio ${escapeHtml(audio)}</p>`,
      `<details><summary>The request as JSON, images by digest; ${escapeHtml(rendered.key)}</summary>\n<pre>${escapeHtml(
        JSON.stringify(rendered.request.body, null, 2),
      )}</pre></details>`,
    );
  }
  parts.push(
    ...answers.map(
      ({ bytes, answer }) => `<h3>answer</h3>\n<pre title="${escapeHtml(answer)}">${escapeHtml(pretty(bytes))}</pre>`,
    ),
  );
  return `<section>\n<h2>${rendered && key === null ? 'Not recorded' : 'Asked'}</h2>\n${parts.filter(Boolean).join('\n')}\n</section>`;
}

const inputHtml = (cell: ToldCell, column: string): string =>
  `<dt>${escapeHtml(`${cell.step}.${column}`)} <span class="dim">${escapeHtml(madeWords(cell))}</span></dt>\n` +
  `<dd><pre>${escapeHtml(fullValue(cell, column))}</pre><span class="dim">${escapeHtml(runWords(cell))}</span></dd>`;

function fullValue(cell: ToldCell, column: string): string {
  const value = cell.values[column] ?? null;
  return value !== null && typeof value === 'object' && cell.columns[column]?.media
    ? JSON.stringify(jsonOf(value), null, 2)
    : valueWords(cell, column);
}

function pretty(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1b1b1b; background: #fff }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #f4f4f2; padding: .6rem .8rem; margin: .3rem 0 }
.value { font-size: 1.25rem } .dim { color: #666 } .good { color: #17633a } .bad { color: #a11 }
.frames img { max-width: 18rem; margin: 0 .5rem .5rem 0 } dt { font-weight: 600; margin-top: .8rem } dd { margin: 0 }
`;
