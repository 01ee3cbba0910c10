import { Command } from 'commander';

export const branchCommand = () =>
  new Command('branch')
    .description('start a branch at a version; without a name, list the branches')
    .argument('[name]', 'such as gpt-5.1')
    .option('--at <version>', 'branch, @tag, digest or its first digits', 'main')
    .option('--delete', 'delete the branch instead; its versions stay until gettok gc finds that nothing leads to them')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExample:\n  gettok branch pilot && gettok run --branch pilot')
    .action(
      async (name: string | undefined, flags: { at: string; folder: string; delete?: boolean; json?: boolean }) => {
        if (flags.delete) {
          const { deleteBranchByName } = await import('../delete-branch.ts');
          return deleteBranchByName(name, flags);
        }
        const { editRefs } = await import('../edit-refs.ts');
        await editRefs('heads', name, flags);
      },
    );
