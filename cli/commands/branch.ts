import { Command } from 'commander';

export const branchCommand = () =>
  new Command('branch')
    .description('start a branch at a version; without a name, list the branches')
    .argument('[name]', 'such as gpt-5.1')
    .option('--at <version>', 'branch, @tag, digest or its first digits', 'main')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok branch pilot && gettok run --branch pilot')
    .action(async (name: string | undefined, flags: { at: string; folder: string; json?: boolean }) => {
      const { editRefs } = await import('../edit-refs.ts');
      await editRefs('heads', name, flags);
    });
