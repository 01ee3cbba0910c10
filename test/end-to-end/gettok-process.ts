import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** The command line as a person has it: processes in a project folder of their own, with services of their own. */
export class GettokFolder implements AsyncDisposable {
  readonly path: string;
  readonly environment: Record<string, string>;

  private constructor(path: string, environment: Record<string, string>) {
    this.path = path;
    this.environment = environment;
  }

  /** A copy of an example in a temporary project folder. */
  static async withExample(environment: Record<string, string> = {}, example = 'peru-2022'): Promise<GettokFolder> {
    const path = await mkdtemp(join(tmpdir(), 'gettok-e2e-'));
    await cp(join(checkout, 'examples', example), join(path, example), { recursive: true });
    return new GettokFolder(path, environment);
  }

  async gettok(...args: readonly string[]) {
    return execa(join(checkout, 'bin/gettok'), args, {
      cwd: this.path,
      env: { OPENAI_API_KEY: '', OPENAI_BASE_URL: '', GETTOK_PROJECT: this.path, NO_COLOR: '1', ...this.environment },
      reject: false,
      stdin: 'ignore',
      all: true,
    });
  }

  /** Runs a command that must succeed and print one JSON value. */
  async json<T>(...args: readonly string[]): Promise<T> {
    const { exitCode, stdout, all } = await this.gettok(...args, '--json');
    if (exitCode !== 0) throw new Error(`gettok ${args.join(' ')} ended with ${exitCode}:\n${all}`);
    return JSON.parse(stdout) as T;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gettok('down');
    await rm(this.path, { recursive: true, force: true });
  }
}

/** What `gettok run --json` prints. */
export interface RunReport {
  readonly version: string;
  readonly parent: string | null;
  readonly changed: boolean;
  readonly steps: Record<string, StepReport>;
}

interface StepReport {
  readonly rows: number;
  readonly ok: number;
  readonly skipped: number;
  readonly failed: number;
  readonly computed: number;
  readonly reused: number;
  readonly calls: number;
  readonly cost_usd: number;
}
