import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutFolder, setUpCommand } from './checkout-folder.mjs';
import { installPackages } from './install-packages.mjs';
import { definePart } from './part.mjs';
import { SetUpError } from './set-up-error.mjs';

const name = 'Node';
const mend = setUpCommand('node');
const brought = join(checkoutFolder, 'node_modules', '.bin', 'node');
const OLDEST = { major: 24, minor: 18 };

/** @param {string} version */
const recentEnough = (version) => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
};

async function find() {
  if (existsSync(brought)) {
    const { version } = JSON.parse(readFileSync(join(checkoutFolder, 'node_modules', 'node', 'package.json'), 'utf8'));
    if (recentEnough(version)) return { version, from: 'npm', path: brought };
  }
  const { node } = process.versions;
  return recentEnough(node) ? { version: node, from: 'PATH', path: process.execPath } : null;
}

/** Node 24 runs the TypeScript as it is; on a machine with an older one it comes with the packages. */
export const node = definePart({
  name,
  needed: true,
  mend,
  find,
  async install(say) {
    await installPackages(say);
    const found = await find();
    if (!found)
      throw new SetUpError(name, `the packages brought no Node ${OLDEST.major}.${OLDEST.minor} or newer`, mend);
    return found;
  },
});
