import { definePythonPart } from './python-part.mjs';

/** What the tests compare the statistics of `gettok compare` with. */
export const statistics = definePythonPart({
  name: 'statistics',
  // That of scikit-learn, the first of the three packages: raised whenever one of them changes.
  version: '1.9.1',
  packageName: 'statsmodels',
  packages: 'scikit-learn, statsmodels and krippendorff',
});
