import { setUpCommand } from './checkout-folder.mjs';
import { findPackages, installPackages } from './install-packages.mjs';
import { definePart } from './part.mjs';

/** The npm packages, exactly as package-lock.json says. */
export const packages = definePart({
  name: 'packages',
  needed: true,
  mend: setUpCommand('packages'),
  find: async () => findPackages(),
  install: installPackages,
});
