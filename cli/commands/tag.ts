import { Command } from 'commander';

export const tagCommand = () =>
  new Command('tag')
    .description('give a version a name that never moves; without a name, list the tags')
    .argument('[name]', 'such as v1.0.0')
    .option('--at <version>', 'branch, @tag, digest or its first digits', 'main')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok tag v1.0.0 --at main')
    .action(async (name: string | undefined, flags: { at: string; folder: string; json?: boolean }) => {
      const { editRefs } = await import('../edit-refs.ts');
      await editRefs('tags', name, flags);
    });
