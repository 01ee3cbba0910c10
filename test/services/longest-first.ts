import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Where the files are that take longest: they wait for kills to be noticed, and start many processes. */
const LONGEST = [/^test\/fault\//, /^test\/(end-to-end\/|readme)/, /^test\/engine\//];

/** So that no run ends with one worker at a long file and the others idle, on a machine too that has no times of runs before. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONGEST.findIndex((folder) => folder.test(relative(this.ctx.config.root, moduleId)));
      return at === -1 ? LONGEST.length : at;
    };
    const asUsual = super.sort.bind(this);
    return (await asUsual(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
