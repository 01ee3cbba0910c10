import { definePythonPart } from './python-part.mjs';

/** The second reader that the tests compare Parquet files with. */
export const pyarrow = definePythonPart({
  name: 'pyarrow',
  version: '26.0.1',
  packageName: 'pyarrow',
  packages: 'pyarrow',
});
