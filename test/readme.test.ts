import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkout, CheckoutCopy, isThere } from './manual/checkout-copy.ts';
import { ManualPage } from './manual/manual-page.ts';
import { OpenAIServer } from './openai-server/openai-server.ts';

// What README.md tells a person to type is typed here, line by line and in order, in a copy of the checkout.

// So is docs/versions.md, whose commands need the version that the demo made.

const [readme, versions] = await Promise.all(['README.md', 'docs/versions.md'].map((path) => ManualPage.read(path)));
const commands = readme!.blocks('sh').flatMap((text) => text.trimEnd().split('\n'));

/** As printed in the README: the server that stands in for OpenAI takes this key and no other. */
const KEY = /^export OPENAI_API_KEY=(\S+)$/m.exec(readme!.text)![1]!;
/** A set-up with no cached packages or servers, and a whole demo on a machine that does other work. */
const TIMEOUT_MS = 600_000;

let server: OpenAIServer;
let copy: CheckoutCopy;
const outputs = new Map<string, string>();

beforeAll(async () => {
  server = await OpenAIServer.start({ apiKeys: [KEY] });
  copy = await CheckoutCopy.make({
    OPENAI_BASE_URL: server.url,
    // The speech engine is half a gigabyte and no subject of this test: one that isn't installed stays so.
    HF_ENDPOINT: 'https://127.0.0.1:9',
  });
});

afterAll(async () => {
  await copy?.[Symbol.asyncDispose]();
  await server?.close();
});

describe('what README.md says to type', () => {
  // npm test can't be typed by a test of npm test: this is the one exception. It must be the whole suite.
  it('npm test: is the suite that runs this test', async () => {
    const { scripts } = JSON.parse(await readFile(join(checkout, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['pretest']).toBe('node cli/set-up/main.mjs test');
    expect(scripts['test']).toBe('node scripts/run-tests.ts');
    expect(commands.slice(0, 2)).toEqual(['npm run demo', 'npm test']);
  });

  for (const command of commands.filter((line) => line !== 'npm test').slice(0, -1)) itDoes(command);
});

const tools = await Promise.all(['curl', 'jq', 'sha256sum'].map((tool) => execa('which', [tool], { reject: false })));
const hasTools = tools.every(({ exitCode }) => exitCode === 0);
const pyarrow = process.env['GETTOK_PYARROW_PYTHON'];

describe('what docs/versions.md says to type', () => {
  // curl and jq belong to the reader's machine, not to GET-Tok: where they are not, this one test can't be typed.
  it.skipIf(!hasTools)(
    'finds each file under the digest of its bytes',
    async () => {
      const { exitCode, stdout, all } = await copy.type(`set -e\n${versions!.blocks('sh')[0]}set +e`);
      expect(exitCode, all).toBe(0);
      const digests = [...stdout.matchAll(/^sha256:(\w{64})\n(\w{64}) {2}\S+$/gm)];
      expect(digests).toHaveLength(3);
      for (const [, named, actual] of digests) expect(actual).toBe(named);
    },
    TIMEOUT_MS,
  );

  it.skipIf(!hasTools)(
    'finds a file of raw answers the same way',
    async () => {
      const [tables, answers] = versions!.blocks('sh');
      const { exitCode, stdout, all } = await copy.type(`set -e\n${tables!.split('\n\n')[0]}\n${answers}set +e`);
      expect(exitCode, all).toBe(0);
      const [, named, actual] = /^sha256:(\w{64})\n(\w{64}) {2}answers.parquet$/m.exec(stdout)!;
      expect(actual).toBe(named);
    },
    TIMEOUT_MS,
  );

  it(
    'computes every Merkle root again without GET-Tok',
    async () => {
      await writeFile(join(copy.path, 'check.py'), versions!.blocks('python')[0]!);
      await copy.type('gettok show examples/peru-2022 --json > manifest.json');
      const { stdout, all } = await copy.type(`'${pyarrow}' check.py manifest.json`);
      // Not the exit code: on a busy machine pyarrow's threads at times abort while Python ends, after the last line.
      expect(stdout, all).toBe('27 step partitions checked: all digests and Merkle roots hold');
    },
    TIMEOUT_MS,
  );
});

describe('the last command of README.md', () => {
  itDoes(commands.at(-1)!);
  it('leaves nothing running', async () => {
    expect(commands.at(-1)).toBe('gettok down');
    expect((await copy.type('gettok down')).stdout).toBe('No service was running.');
  });
});

function itDoes(command: string): void {
  it(
    command,
    async () => {
      const { exitCode, stdout, all } = await copy.type(command);
      expect(exitCode, all).toBe(0);
      outputs.set(command, stdout);
    },
    TIMEOUT_MS,
  );
}

describe('what README.md shows', () => {
  it('the demo prints', () => expectShape(readme!.blocks('text')[0]!, 'npm run demo'));
  it('the plan prints', () => expectShape(readme!.blocks('text')[1]!, 'bin/gettok plan examples/peru-2022'));

  it('is what asking models does: one call each to check them, then on the first run, and on a branch only for the changed model', () => {
    expect(server.counts().byPath).toEqual({ '/v1/audio/transcriptions': 3, '/v1/chat/completions': 5 });
  });

  it('writes the exported table with the columns asked for', async () => {
    const [head, ...rows] = (await readFile(join(copy.path, 'my-videos.csv'), 'utf8')).trimEnd().split('\n');
    expect(head).toBe('id,description_description');
    expect(rows).toHaveLength(2);
  });

  it('declares models that validate takes', async () => {
    const { models } = parse(readme!.blocks('yaml')[0]!) as { models: object };
    const { exitCode, all } = await copy.type(`gettok validate my-videos --set 'models=${JSON.stringify(models)}'`);
    expect(exitCode, all).toBe(0);
  });

  it('links to files that are there', async () => {
    const links = [...readme!.text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path]) => path!);
    const missing = (await Promise.all(links.map(async (path) => [path, await isThere(join(checkout, path))] as const)))
      .filter(([, there]) => !there)
      .map(([path]) => path);
    expect(missing).toEqual([]);
  });

  it('draws every step of the example and every need', async () => {
    const { steps } = parse(await readFile(join(checkout, 'examples/peru-2022/dataset.yaml'), 'utf8')) as {
      steps: Record<string, { needs?: string[] }>;
    };
    const declared = Object.entries(steps).flatMap(([step, { needs = [] }]) => needs.map((from) => `${from} ${step}`));
    const drawn = [...readme!.blocks('mermaid')[0]!.matchAll(/^ *(\w+)(?:\[.*?\])? --> (\w+)/gm)].map(
      ([, a, b]) => `${a} ${b}`,
    );
    expect(drawn.toSorted()).toEqual(declared.toSorted());
  });
});

/** Every line of a shown output, in its shape, is among the printed ones, in this order; `…` stands for left out lines. */
function expectShape(shown: string, command: string): void {
  const printed = (outputs.get(command) ?? '').split('\n').map(shapeOf);
  let from = 0;
  for (const line of shown.split('\n').filter((text) => !/^\s*(…|$)/.test(text))) {
    const at = printed.indexOf(shapeOf(line), from);
    expect(
      at,
      `${line}\nis not in the output of ${command}, or not in this order:\n${outputs.get(command)}`,
    ).toBeGreaterThan(-1);
    // Steps run side by side: which of them ends first is nobody's promise.
    if (!line.includes('█')) from = at + 1;
  }
}

/** A line without what differs from run to run and from machine to machine. */
function shapeOf(line: string): string {
  // These three say which speech engine there is.
  const alike = /^ {2}(set-up|models|transcript) /.exec(line);
  if (alike) return alike[0];
  const row = /^ {2}(\d{19}) /.exec(line);
  if (row) return row[1]!;
  return line
    .replaceAll(/sha256:[0-9a-f]+/g, 'sha256')
    .replaceAll(/(\d+m )?\d+(\.\d+)? ?s\b/g, 'time')
    .replaceAll(/ +/g, ' ')
    .trim();
}
