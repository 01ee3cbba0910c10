import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { initCommand } from '../../../cli/commands/init.ts';
import { validateCommand } from '../../../cli/commands/validate.ts';

const checkout = join(import.meta.dirname, '../../..');
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'commands-'));
});
afterEach(async () => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
  await rm(folder, { recursive: true });
});

/** What a command printed, and the exit code it left. */
async function run(command: Command, ...args: string[]) {
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const error = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  await command.parseAsync(args, { from: 'user' });
  const text = (of: typeof out) => of.mock.calls.map(([chunk]) => String(chunk)).join('');
  const printed = { stdout: text(out), stderr: text(error), exitCode: process.exitCode ?? 0 };
  vi.restoreAllMocks();
  process.exitCode = undefined;
  return printed;
}

describe('gettok validate', () => {
  it('says in one line that the example is valid', async () => {
    expect(await run(validateCommand(), join(checkout, 'examples/peru-2022'))).toEqual({
      stdout: 'peru-2022: 9 steps, 2 models, 2 prompts: valid\n',
      stderr: '',
      exitCode: 0,
    });
  });

  it('prints problems and leaves exit code 1, as JSON on demand', async () => {
    await writeFile(join(folder, 'dataset.yaml'), 'dataset: Demo\nsteps: {}\n');
    const { stdout, stderr, exitCode } = await run(validateCommand(), folder);
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toContain('dataset.yaml:1:10  dataset is the text "Demo"\n');
    expect(stderr).toMatch(/\n2 problems; nothing was run.\n$/);

    const json = await run(validateCommand(), folder, '--json', '--set', 'dataset=demo');
    expect(json).toMatchObject({ stderr: '', exitCode: 1 });
    expect(JSON.parse(json.stdout)).toMatchObject({
      valid: false,
      problems: [{ line: 2, column: 1, length: 5, message: 'no source step' }],
    });
  });

  it('leaves exit code 2 where there is nothing to check', async () => {
    const { stderr, exitCode } = await run(validateCommand(), folder);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^There is no .*dataset\.yaml\./);
  });

  it('prints the JSON Schema', async () => {
    expect(JSON.parse((await run(validateCommand(), '--schema')).stdout)).toMatchObject({
      title: 'dataset.yaml of GET-Tok',
    });
  });
});

describe('gettok init', () => {
  it('writes a declaration that is valid, and says what to do next', async () => {
    const place = join(folder, 'my videos');
    const { stdout } = await run(initCommand(), place);
    expect(stdout).toContain(join(place, 'dataset.yaml'));
    expect(stdout).toContain('gettok validate');
    expect(await run(validateCommand(), place)).toEqual({
      stdout: 'my-videos: 6 steps, 2 models, 1 prompt: valid\n',
      stderr: '',
      exitCode: 0,
    });
    await expect(run(initCommand(), place)).rejects.toThrow('already; nothing was written');
  });
});
