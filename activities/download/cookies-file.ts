import { constants } from 'node:fs';
import { chmod, copyFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { GettokError } from '../../manifests/gettok-error.ts';

/** The file with the cookies can't be used. Its path is said, what is in it never. */
export class CookiesFileError extends GettokError {
  override readonly name = 'CookiesFileError';
}

/** What is wrong with a path in a declaration; null when it is one below the folder of dataset.yaml. */
export function faultOfCookiesPath(path: string): string | null {
  if (/^([/\\]|[a-z]:)/i.test(path)) return 'found an absolute path; expected one relative to dataset.yaml';
  if (path.split(/[/\\]/).includes('..')) return 'found ".."; expected a path below the folder of dataset.yaml';
  return null;
}

/** The file's absolute path. Cookies are a login: like a key of SSH, they have to be their owner's alone. */
export async function readableCookies(folder: string, path: string): Promise<string> {
  const full = join(folder, path);
  let mode: number;
  try {
    const inside = relative(await realpath(folder), await realpath(full));
    if (inside === '..' || inside.startsWith(`..${sep}`))
      throw new CookiesFileError(`cookies_file ${path} leads out of the folder of dataset.yaml. Put the file there.`);
    const found = await stat(full);
    if (!found.isFile()) throw new CookiesFileError(`cookies_file ${path} is no file.`);
    ({ mode } = found);
  } catch (error) {
    if (error instanceof CookiesFileError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new CookiesFileError(
      `cookies_file ${path} can't be read (${code}). Export the cookies of your browser there, in Netscape's format, or take cookies_file out of dataset.yaml.`,
    );
  }
  if ((mode & 0o077) !== 0)
    throw new CookiesFileError(
      `cookies_file ${path} may be read by others (mode ${(mode & 0o777).toString(8)}), and whoever has it is logged in as you. Run  chmod 600 ${path}  in the folder of dataset.yaml.`,
    );
  return full;
}

export const cookiesCopy = (folder: string): string => join(folder, 'cookies.txt');

/** yt-dlp writes the file anew when it ends, and several at work would write over each other. */
export async function copyCookies(from: string, folder: string): Promise<void> {
  const copy = cookiesCopy(folder);
  await copyFile(from, copy, constants.COPYFILE_EXCL);
  await chmod(copy, 0o600);
}
