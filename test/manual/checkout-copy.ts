import { access, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

export const checkout = fileURLToPath(new URL('../../', import.meta.url));

export const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** What somebody has who cloned the project, and a shell that is open in it, for what the manual tells people to type. */
export class CheckoutCopy implements AsyncDisposable {
  readonly path: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #kept: string;

  private constructor(path: string, environment: Readonly<Record<string, string>>) {
    this.path = path;
    this.#environment = environment;
    this.#kept = join(path, '.environment');
  }

  static async make(environment: Readonly<Record<string, string>>): Promise<CheckoutCopy> {
    const copy = new CheckoutCopy(await mkdtemp(join(tmpdir(), 'gettok-manual-')), environment);
    // What git would give: tracked files, and new ones that are not ignored.
    const listed = await execa('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
      cwd: checkout,
    });
    for (const path of listed.stdout.split('\0').filter((name) => name !== '')) {
      if (!(await isThere(join(checkout, path)))) continue;
      await mkdir(dirname(join(copy.path, path)), { recursive: true });
      await cp(join(checkout, path), join(copy.path, path));
    }
    await symlink(join(checkout, 'node_modules'), join(copy.path, 'node_modules'));
    return copy;
  }

  /** As a person has a shell open: what one line exports, and the folder it changes to, the next one sees. */
  async type(lines: string) {
    const shell = [
      `if [ -f '${this.#kept}' ]; then . '${this.#kept}'; cd "$PWD"; fi`,
      lines,
      'status=$?',
      `export -p > '${this.#kept}'`,
      'exit $status',
    ];
    return execa('bash', ['-c', shell.join('\n')], {
      cwd: this.path,
      env: { OPENAI_API_KEY: '', GETTOK_PROJECT: this.path, NO_COLOR: '1', ...this.#environment },
      reject: false,
      stdin: 'ignore',
      all: true,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.type(`'${join(this.path, 'bin/gettok')}' down`);
    await rm(this.path, { recursive: true, force: true });
  }
}
