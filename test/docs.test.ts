import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { stepKinds } from '../activities/kinds/index.ts';
import { createProgram } from '../cli/main.ts';
import { SETTINGS } from '../cli/settings.ts';
import { type RecordedAnswer, writeAnswers } from '../datasets/answers-file.ts';
import type { Call } from '../datasets/call.ts';
import { modelShape } from '../datasets/declaration/model-shape.ts';
import { openDatabase } from '../datasets/parquet/database.ts';
import { writeStepFiles } from '../datasets/step-files.ts';
import { sha256 } from '../manifests/digest.ts';
import { helpOf } from '../scripts/references/command-line-help.ts';
import { ManualPage } from './manual/manual-page.ts';
import { temporaryFolder } from './datasets/parquet/temporary-folder.ts';

const docs = (name: string) => readFile(fileURLToPath(new URL(`../docs/${name}`, import.meta.url)), 'utf8');
const page = await docs('command-line.md');
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section]),
);
const { commands } = createProgram();

describe('docs/command-line.md', () => {
  it('has a section for each command, in their order, and for no other', () => {
    const headings = [...sections.keys()].filter((heading) => heading.startsWith('gettok '));
    expect(headings).toEqual(commands.map((command) => `gettok ${command.name()}`));
  });

  for (const command of commands) {
    const section = sections.get(`gettok ${command.name()}`) ?? '';
    it(`names every option and argument of gettok ${command.name()}, and has its help as it is printed`, () => {
      const names = [
        ...command.options.map(({ long, flags }) => long ?? flags),
        ...command.registeredArguments.map((argument) => argument.name()),
      ];
      expect(names.filter((name) => !section.includes(name))).toEqual([]);
      expect(section, 'write it with  npm run docs').toContain(helpOf(command));
    });
    if (command.options.some(({ long }) => long === '--json'))
      it(`says what gettok ${command.name()} --json prints`, () => expect(section).toMatch(/^`--json`: /m));
  }

  it('names every setting by its variable and its place in the file', () => {
    const names = Object.entries(SETTINGS).flatMap(([name, { variable }]) => [name, variable]);
    const table = sections.get('Settings') ?? '';
    expect(names.filter((name) => !table.includes(`\`${name}\``))).toEqual([]);
  });
});

const [models, servers, versions] = await Promise.all(['models.md', 'models-and-servers.md', 'versions.md'].map(docs));

describe('the manual on models', () => {
  it('says of every code of a step that asks models what happened and what to do', () => {
    const asking = [...stepKinds.values()].filter(({ kind }) => kind.startsWith('ai/'));
    const codes = new Set(asking.flatMap(({ codes: of = {} }) => Object.keys(of)));
    const listed = [...models!.matchAll(/^\| `(\w+)` (?:\| [^|]+){3}\|$/gm)].map(([, code]) => code!);
    expect(listed.toSorted()).toEqual([...codes].toSorted());
  });

  it('names every key of a model entry, and what changing it asks again', () => {
    const table = servers!.split('\n').filter((line) => line.startsWith('| `'));
    const named = table.flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/g)].map(([, key]) => key));
    expect(Object.keys(modelShape.shape).filter((key) => !named.includes(key))).toEqual([]);
  });

  it('has SQL that reads raw answers as they are stored', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'answers.parquet'), await writeAnswers([ANSWER, { ...ANSWER, ...NO_TEXT }]));
    const { provenance } = await writeStepFiles({}, [
      { ...CELL, id: '7203' },
      { ...CELL, id: '7219', status: 'failed', errorCode: 'refused', errorMessage: 'no', calls: [CALL] },
    ]);
    await writeFile(join(folder, 'provenance.parquet'), provenance);
    const database = await openDatabase({ threads: 1 });
    const typed = (text: string) => database.rows(text.replaceAll(/'(\w+\.parquet)'/g, `'${folder}/$1'`));
    try {
      const [said, failed] = sqlIn(models!).map(typed);
      expect(await said).toEqual([
        { id: '7219', batch: false, said: 'support', ended: 'stop' },
        { id: '7219', batch: true, said: null, ended: null },
      ]);
      expect(await failed).toEqual([{ id: '7219', error_message: 'no', attempt: 1, body: ANSWER.bytes.toString() }]);
      const [checked] = sqlIn(versions!).map(typed);
      expect(await checked).toMatchObject([{ holds: true }, { holds: true }]);
    } finally {
      database.close();
    }
  });
});

const sqlIn = (text: string) => new ManualPage(text).blocks('sql');

const body = Buffer.from('{"choices":[{"message":{"content":"support"},"finish_reason":"stop"}]}');
const ANSWER: RecordedAnswer = {
  id: '7219',
  requestKey: sha256('request'),
  cellKey: sha256('cell'),
  answer: sha256(body),
  status: 200,
  requestId: 'req_1',
  run: 'r-1',
  attempt: 1,
  startedMs: 1_795_000_000_000,
  endedMs: 1_795_000_001_500,
  batch: false,
  bytes: body,
};
const broken = Buffer.from([0xff, 0xfe]);
const NO_TEXT = { answer: sha256(broken), bytes: broken, batch: true, startedMs: 1_795_000_002_000 };

const CELL = {
  status: 'ok',
  errorCode: null,
  values: {},
  cellKey: sha256('cell'),
  run: 'r-1',
  errorMessage: null,
  software: 'gettok/0.1.0',
  calls: [],
} as const;
const CALL: Call = {
  endpoint: 'chat/completions',
  request_key: ANSWER.requestKey,
  prompt_digest: null,
  answer_digest: ANSWER.answer,
  provider: 'openai',
  model_requested: 'gpt-4o-2024-11-20',
  model_returned: null,
  response_id: null,
  request_id: 'req_1',
  input_tokens: null,
  cached_input_tokens: null,
  output_tokens: null,
  audio_seconds: null,
  cost_nano_usd: null,
  attempt: 1,
  started_ms: BigInt(ANSWER.startedMs),
  ended_ms: BigInt(ANSWER.endedMs),
};
