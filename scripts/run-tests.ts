import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { cacheRoot } from '../cli/set-up/cache-folder.mjs';
import { parts } from '../cli/set-up/parts.mjs';

/**
 * `npm test`: formatter, linter and type check, then all tests, then one line that says how many passed and failed, as
 * programs read it. Arguments are passed on to vitest.
 */
const passedOn = process.argv.slice(2);
const pyarrow = await parts.get('pyarrow')?.find();
const statistics = await parts.get('statistics')?.find();
const environment = {
  ...(pyarrow && { GETTOK_PYARROW_PYTHON: pyarrow.path }),
  ...(statistics && { GETTOK_STATISTICS_PYTHON: statistics.path }),
  // Every test file starts a process: what Node compiled of the packages is kept, as for the command line.
  NODE_COMPILE_CACHE: join(cacheRoot(), 'compiled'),
  NODE_OPTIONS: '--disable-warning=ExperimentalWarning',
};

const checks = [
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--deny-warnings'] },
  { name: 'types', command: ['tsc', '--noEmit'] },
  { name: 'references', command: ['node', 'scripts/write-references.ts', '--check'] },
] as const;

let passed = 0;
let failed = 0;
if (passedOn.length === 0) {
  for (const { name, command } of checks) {
    const [program, ...args] = command;
    const { exitCode } = await execa(program, args, { preferLocal: true, stdio: 'inherit', reject: false });
    process.stdout.write(`${exitCode === 0 ? '✔' : '✘'} ${name}\n`);
    if (exitCode === 0) passed += 1;
    else failed += 1;
  }
}

const reportFile = 'node_modules/.vitest-report.json';
await rm(reportFile, { force: true });
const vitest = await execa(
  'vitest',
  ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...passedOn],
  {
    preferLocal: true,
    stdio: 'inherit',
    env: environment,
    reject: false,
  },
);
const report = JSON.parse(await readFile(reportFile, 'utf8').catch(() => '{}')) as Record<string, number | undefined>;
passed += report['numPassedTests'] ?? 0;
failed += report['numFailedTests'] ?? 0;
const pending = report['numPendingTests'] ?? 0;
// A file that could not be loaded, or a crash, has no tests that could fail.
if (vitest.exitCode !== 0 && failed === 0) failed = 1;
const skipped = pending > 0 ? `, ${pending} skipped` : '';
process.stdout.write(`\n${passed} passed, ${failed} failed${skipped}\n`);
process.exitCode = failed === 0 ? 0 : 1;
