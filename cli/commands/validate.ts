import { Command } from 'commander';
import type { Declaration } from '../../datasets/declaration/declaration.ts';
import { collect } from '../run-flags.ts';
import { coloursFor, widthOf } from '../terminal/colours.ts';

interface ValidateFlags {
  readonly set: readonly string[];
  readonly json?: boolean;
  readonly schema?: boolean;
}

export const validateCommand = () =>
  new Command('validate')
    .description('check a dataset.yaml and its prompts without running anything; every problem at once')
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--set <path=value>', 'override one value of the declaration', collect, [])
    .option('--json', 'print one JSON object')
    .option('--schema', 'print the JSON Schema of dataset.yaml for editors instead')
    .addHelpText('after', '\nExample:\n  gettok validate examples/peru-2022')
    .action(async (folder: string, { set, json, schema }: ValidateFlags) => {
      const { stepKinds } = await import('../../activities/kinds/index.ts');
      if (schema) {
        const { datasetSchema } = await import('../../datasets/declaration/dataset-schema.ts');
        return print(datasetSchema(stepKinds));
      }
      const { loadDeclaration } = await import('../../datasets/declaration/load-declaration.ts');
      const { DeclarationError, DeclarationNotFoundError } =
        await import('../../datasets/declaration/declaration-error.ts');
      const { renderProblems } = await import('../../datasets/declaration/render-problems.ts');
      try {
        const counts = await countsOf(await loadDeclaration(folder, { kinds: stepKinds, set }));
        if (json) return print({ valid: true, ...counts });
        process.stdout.write(`${summary(counts)}\n`);
      } catch (error) {
        if (error instanceof DeclarationNotFoundError) {
          process.stderr.write(`${error.message}\n`);
          process.exitCode = 2;
          return;
        }
        if (!(error instanceof DeclarationError)) throw error;
        process.exitCode = 1;
        const { problems, sources } = error;
        if (json) return print({ valid: false, problems });
        const colour = coloursFor(process.stderr).isColorSupported;
        process.stderr.write(`${renderProblems(problems, { colour, width: widthOf(process.stderr), sources })}\n`);
      }
    });

interface Counts {
  readonly dataset: string;
  readonly steps: number;
  readonly models: number;
  readonly prompts: number;
}

async function countsOf({ dataset, steps, models }: Declaration): Promise<Counts> {
  const { promptsIn } = await import('../../datasets/declaration/parameter-references.ts');
  const prompts = new Set(steps.flatMap(({ kind, params }) => promptsIn(kind.params, params).map(({ path }) => path)));
  return { dataset, steps: steps.length, models: Object.keys(models).length, prompts: prompts.size };
}

const summary = ({ dataset, steps, models, prompts }: Counts) =>
  `${dataset}: ${counted(steps, 'step')}, ${counted(models, 'model')}, ${counted(prompts, 'prompt')}: valid`;

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

const print = (value: object): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
