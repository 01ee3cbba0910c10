// node test/openai-server/main.ts --port 0
// Prints the base URL for clients on one line and runs until SIGTERM, SIGINT or a `close` command.
import { parseArgs } from 'node:util';
import { runUntilStopped } from '../strict-server/run-until-stopped.ts';
import { OpenAIServer } from './openai-server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    'api-key': { type: 'string', multiple: true, default: ['sk-test'] },
    'keep-bodies': { type: 'string', default: '1000' },
    'latency-ms': { type: 'string', default: '0' },
    'requests-per-minute': { type: 'string' },
    'tokens-per-minute': { type: 'string' },
    'end-with-stdin': { type: 'boolean', default: false },
  },
});
const requests = values['requests-per-minute'];
const tokens = values['tokens-per-minute'];
const server = await OpenAIServer.start({
  port: Number(values.port),
  apiKeys: values['api-key'],
  keepBodies: Number(values['keep-bodies']),
  latencyMs: Number(values['latency-ms']),
  limits: {
    ...(requests !== undefined && { requestsPerMinute: Number(requests) }),
    ...(tokens !== undefined && { tokensPerMinute: Number(tokens) }),
  },
});
runUntilStopped(server, { endWithStdin: values['end-with-stdin'] });
