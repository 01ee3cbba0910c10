// node bench/models/bare-loop.ts <base URL> <key> <calls at a time> <file of bodies, one JSON a line>
// The least that a script does for the same answers: sends each body once and keeps nothing. Prints what it took.
import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import pMap from 'p-map';

const [baseURL, apiKey = '', atOnce, file = ''] = process.argv.slice(2);
const client = new OpenAI({ baseURL, apiKey, maxRetries: 0 });
const bodies = readFileSync(file, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as ChatCompletionCreateParamsNonStreaming);
const before = process.cpuUsage();
const started = performance.now();
await pMap(bodies, (body) => client.chat.completions.create(body), { concurrency: Number(atOnce) });
const { user, system } = process.cpuUsage(before);
process.stdout.write(
  JSON.stringify({ seconds: (performance.now() - started) / 1000, processorMs: (user + system) / 1000 }),
);
