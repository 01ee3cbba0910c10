/** Stands in for the worker: says it is ready, writes down what it was given, and ends when it is told to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const given = Object.entries(process.env).filter(([name]) => /^(OPENAI|GETTOK|TEMPORAL|MY)_/.test(name));
writeFileSync(
  join(process.env['GETTOK_PROJECT'] ?? '', 'worker.json'),
  JSON.stringify({ pid: process.pid, ...Object.fromEntries(given) }),
);
process.once('SIGTERM', () => process.exit(0));
setInterval(() => {}, 60_000);
process.stdout.write('gettok worker ready\n');
