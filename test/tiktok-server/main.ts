// node test/tiktok-server/main.ts --population peru-2022 --port 0
// Prints the base URL for clients (TIKTOK_API_BASE_URL) on one line and runs until SIGTERM, SIGINT or a `close` command.
import { parseArgs } from 'node:util';
import { runUntilStopped } from '../strict-server/run-until-stopped.ts';
import { isPopulationName, populations, type PopulationSpec } from './population-spec.ts';
import { TikTokServer } from './tiktok-server.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    /** A name, or a spec as JSON. */
    population: { type: 'string', default: 'small' },
    /** What time the server takes it to be, such as 2023-03-10T12:00:00Z. */
    now: { type: 'string' },
    'requests-a-day': { type: 'string', default: '1000' },
    /** `key:secret`; anybody unless said. */
    client: { type: 'string', multiple: true },
    'latency-ms': { type: 'string', default: '0' },
    'end-with-stdin': { type: 'boolean', default: false },
  },
});
const clients = values.client?.map((client) => {
  const [key = '', secret = ''] = client.split(':');
  return { key, secret };
});
const server = await TikTokServer.start({
  port: Number(values.port),
  population: populationOf(values.population),
  requestsADay: Number(values['requests-a-day']),
  latencyMs: Number(values['latency-ms']),
  ...(clients !== undefined && { clients }),
  ...(values.now !== undefined && { now: values.now }),
});
runUntilStopped(server, { endWithStdin: values['end-with-stdin'] });

function populationOf(name: string): PopulationSpec {
  if (isPopulationName(name)) return populations[name];
  if (name.startsWith('{')) return JSON.parse(name);
  throw new RangeError(
    `no population ${name}; there are ${Object.keys(populations).join(', ')}, or give a spec as JSON`,
  );
}
