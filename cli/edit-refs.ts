import { takeLease } from '../manifests/lease.ts';
import { listRefs, writeTag } from '../manifests/refs.ts';
import { datasetName } from './dataset-name.ts';
import { openProject } from './open-project.ts';
import { resolveVersion } from './resolve-version.ts';
import { namedBy, startBranch } from './start-branch.ts';
import { formatTime, shortDigest } from './terminal/format-number.ts';
import { renderTable } from './terminal/render-table.ts';

/** Lists the branches or tags of a dataset, or makes one. */
export async function editRefs(
  folder: 'heads' | 'tags',
  name: string | undefined,
  flags: { readonly at: string; readonly folder: string; readonly json?: boolean },
): Promise<void> {
  await using project = await openProject(['store']);
  const dataset = await datasetName(flags.folder);
  const print = (value: object, text: string) => process.stdout.write(`${flags.json ? JSON.stringify(value) : text}\n`);
  if (name === undefined) {
    const refs = [...(await listRefs(project.store, dataset, folder))];
    const rows = refs.map(([ref, { manifest, updatedAt }]) => [
      ref,
      shortDigest(manifest),
      formatTime(Date.parse(updatedAt)),
    ]);
    const none = folder === 'heads' ? 'no branch yet: gettok run makes main' : 'no tag yet';
    print(
      Object.fromEntries(refs),
      rows.length === 0 ? none : renderTable([{ title: '' }, { title: '' }, { title: '' }], rows, 120),
    );
    return;
  }
  // A name keeps a version from being cleared away: it is given while nobody clears.
  await using _lease = await takeLease(project.store, 'work', `gettok ${folder === 'heads' ? 'branch' : 'tag'}`);
  const { version } = await resolveVersion(project.store, dataset, flags.at);
  if (folder === 'heads') await startBranch(project.store, dataset, name, version);
  else await writeTag(project.store, dataset, name, namedBy('tag', version));
  print({ [name]: version }, `${name} names ${shortDigest(version)}`);
}
