import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userName } from '../../cli/user-name.ts';
import { checkout, CheckoutCopy } from '../manual/checkout-copy.ts';
import { ManualPage } from '../manual/manual-page.ts';
import { settleOutput } from '../manual/settle-output.ts';
import { OpenAIServer } from '../openai-server/openai-server.ts';
import { answerForSession } from './session-answers.ts';

// The page is what its own commands print. Write it anew with:  npx vitest run test/end-to-end/session.test.ts --update=all

const PAGE = 'docs/rerun-a-step.md';
const page = await ManualPage.read(PAGE);
const typed = page.blocks('sh');
const KEY = /OPENAI_API_KEY=(\S+)$/m.exec(page.text)![1]!;

const WIDTH = 100;

let server: OpenAIServer;
let copy: CheckoutCopy;
const printed: string[] = [];

beforeAll(async () => {
  server = await OpenAIServer.start({ apiKeys: [KEY], answer: answerForSession });
  copy = await CheckoutCopy.make({ OPENAI_BASE_URL: server.url, COLUMNS: String(WIDTH) });
});
afterAll(async () => {
  await copy?.[Symbol.asyncDispose]();
  await server?.close();
});

describe(`what ${PAGE} says to type`, () => {
  for (const commands of typed)
    it(commands.trimEnd().split('\n').at(-1)!, async () => {
      const { exitCode, all } = await copy.type(`set -e\n${commands}set +e`);
      expect(exitCode, all).toBe(0);
      printed.push(all);
    });
});

describe(`what ${PAGE} shows`, () => {
  it('is what its commands printed, to the character, in lines that fit a page', async () => {
    expect(printed).toHaveLength(typed.length);
    const now = page.withOutputs(settleOutput(printed, userName() ?? ''));
    await expect(now).toMatchFileSnapshot(join(checkout, PAGE));
    expect(now.split('\n').filter((line) => line.length > WIDTH)).toEqual([]);
  });
});
