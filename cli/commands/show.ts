import { Command } from 'commander';

export const showCommand = () =>
  new Command('show')
    .description('show a version: what is in it, which models and prompts made it, what failed, what it cost')
    .argument('[version]', 'branch, @tag, branch~2, digest or its first digits', 'main')
    .option('--folder <folder>', 'folder of a dataset.yaml', '.')
    .option('--json', 'print the whole manifest')
    .addHelpText(
      'after',
      '\nA folder may stand for the version: gettok show examples/peru-2022\n\nExample:\n  gettok show @v1.0.0',
    )
    .action(async (at: string, flags: { folder: string; json?: boolean }) => {
      const { openProject } = await import('../open-project.ts');
      const { folderOrVersion, datasetName } = await import('../dataset-name.ts');
      const { resolveVersion } = await import('../resolve-version.ts');
      const { listRefs } = await import('../../manifests/refs.ts');
      const { renderVersion } = await import('../terminal/render-version.ts');
      const { coloursFor, widthOf } = await import('../terminal/colours.ts');
      await using project = await openProject(['store']);
      const target = await folderOrVersion(at, flags.folder);
      const dataset = await datasetName(target.folder);
      const { version, manifest } = await resolveVersion(project.store, dataset, target.at);
      if (flags.json) {
        process.stdout.write(`${JSON.stringify({ version, ...manifest }, null, 2)}\n`);
        return;
      }
      const tags = [...(await listRefs(project.store, dataset, 'tags'))].flatMap(([tag, ref]) =>
        ref.manifest === version ? [tag] : [],
      );
      const style = { tags, width: widthOf(process.stdout), colours: coloursFor(process.stdout) };
      process.stdout.write(`${renderVersion(version, manifest, style)}\n`);
    });
