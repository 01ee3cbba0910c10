import { Command } from 'commander';
import { collect } from '../run-flags.ts';

interface ModelsFlags {
  readonly set: readonly string[];
  readonly json?: boolean;
}

const withFlags = (command: Command) =>
  command
    .argument('[folder]', 'folder of a dataset.yaml', '.')
    .option('--set <path=value>', 'override one value of the declaration', collect, [])
    .option('--json', 'print one JSON object');

const checkCommand = () =>
  withFlags(new Command('check'))
    .description('send one tiny request to each declared model, and say what works and what mends what does not')
    .addHelpText('after', '\nExample:\n  gettok models check examples/peru-2022')
    .exitOverride()
    .showHelpAfterError('(see --help)')
    .action(async (folder: string, flags: ModelsFlags) => {
      const { checkModels } = await import('../check-models.ts');
      if (!(await checkModels(folder, flags))) process.exitCode = 1;
    });

export const modelsCommand = () =>
  withFlags(new Command('models'))
    .description('list the declared models: where each is asked, with which key, price and limits; check asks them')
    .addCommand(checkCommand())
    .enablePositionalOptions()
    .addHelpText('after', '\nExample:\n  gettok models examples/peru-2022\n  gettok models check examples/peru-2022')
    .action(async (folder: string, { set, json }: ModelsFlags) => {
      const { modelsOfDataset } = await import('../models-of-dataset.ts');
      const { renderModels } = await import('../terminal/render-models.ts');
      const { coloursFor, widthOf } = await import('../terminal/colours.ts');
      const { models } = await modelsOfDataset(folder, set, false);
      if (json) {
        process.stdout.write(`${JSON.stringify({ models })}\n`);
        return;
      }
      const style = { width: widthOf(process.stdout), colours: coloursFor(process.stdout) };
      process.stdout.write(models.length === 0 ? 'No model is declared.\n' : `${renderModels(models, style)}\n`);
    });
