import type { Configuration } from './configuration.ts';
import { examineServices } from './services/examine-services.ts';
import { SetUpError } from './set-up/set-up-error.mjs';
import type { Part } from './set-up/part.mjs';
import { parts } from './set-up/parts.mjs';
import { coloursFor, widthOf } from './terminal/colours.ts';
import { renderTable } from './terminal/render-table.ts';

/** One line of `gettok doctor`. */
export interface Finding {
  readonly name: string;
  /** `absent`: not there, and GET-Tok works without it. */
  readonly status: 'ok' | 'missing' | 'absent';
  readonly version: string;
  /** Where it is from, or what is wrong with it. */
  readonly from: string;
  /** The command that mends it; empty when there is nothing to mend. */
  readonly mend: string;
}

/** Looks at every part, and at the bucket and Temporal where they run or are configured. Changes nothing. */
export async function examine(configuration: Configuration): Promise<Finding[]> {
  const configured = new Set([
    ...(configuration.s3.endpoint ? ['MinIO'] : []),
    ...(configuration.temporal ? ['Temporal'] : []),
  ]);
  const found = await Promise.all([...parts.values()].map((part) => examinePart(part, configured.has(part.name))));
  return [...found, ...(await examineServices(configuration))];
}

/** A server that is configured from outside need not be here too. */
async function examinePart(part: Part, isConfigured: boolean): Promise<Finding> {
  const { name, mend } = part;
  const needed = part.needed && !isConfigured;
  const status = needed ? 'missing' : 'absent';
  const without = isConfigured ? 'another server is configured' : part.without;
  try {
    const found = await part.find();
    if (found) return { name, status: 'ok', version: found.version, from: `${found.from}: ${found.path}`, mend: '' };
    return { name, status, version: '', from: needed ? 'missing' : `not installed: ${without}`, mend };
  } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    return { name, status: 'missing', version: '', from: error.missing, mend: error.mend };
  }
}

/** With `--json`: `{ ok, findings }`. */
export function showFindings(findings: readonly Finding[], { json }: { json?: boolean }): void {
  if (json) {
    const ok = findings.every(({ status }) => status !== 'missing');
    process.stdout.write(`${JSON.stringify({ ok, findings })}\n`);
    return;
  }
  const { green, red, dim } = coloursFor(process.stdout);
  const marks = { ok: green('✔'), missing: red('✘'), absent: dim('–') };
  const rows = findings.map(({ name, status, version, from }) => [marks[status], name, version, from]);
  const columns = [{ title: '' }, { title: '' }, { title: '' }, { title: '', shrinks: true }];
  const lines = renderTable(columns, rows, widthOf(process.stdout)).split('\n');
  const mended = findings.map(({ mend }, index) => (mend ? `${lines[index]}\n      ${mend}` : lines[index]));
  process.stdout.write(`${mended.join('\n')}\n`);
}
