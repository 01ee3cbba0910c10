import { createHash } from 'node:crypto';
import { join } from 'node:path';
import pMap from 'p-map';
import { loadConfiguration } from '../cli/configuration.ts';
import { connectProject, type Project } from '../cli/open-project.ts';
import { ensureServices } from '../cli/services/ensure-services.ts';
import { noteInLog } from '../datasets/log/log-page.ts';
import { type Digest, sha256 } from '../manifests/digest.ts';
import type { Manifest } from '../manifests/manifest.ts';
import { manifestKey, writeManifest } from '../manifests/manifest-store.ts';
import { moveBranch, writeTag } from '../manifests/refs.ts';
import { merkleRoot } from '../manifests/merkle-tree.ts';
import { GettokFolder } from '../test/end-to-end/gettok-process.ts';
import { type Figure, medianSeconds, secondsFigure, timed } from './figure.ts';
import { DAYS, dayName, manifestOf, ROWS, stateOf, studyDeclaration } from './study-version.ts';

const VERSIONS = 1000;
const BRANCHES = 4;

/** `log --all` over a thousand versions of 102 partitions and 7 steps, on four branches. */
export async function benchLog(): Promise<Figure[]> {
  await using folder = await GettokFolder.withExample();
  const dataset = join(folder.path, 'study-size');
  const configuration = await loadConfiguration({ environment: { ...process.env, GETTOK_PROJECT: folder.path } });
  await using project = await connectProject(configuration, await ensureServices(configuration, { need: ['store'] }));
  const versions = await makeVersions(project, dataset);
  const log = async () => {
    const { stdout } = await folder.gettok('log', dataset, '--all', '-n', '5000', '--json');
    const lines = stdout.split('\n').length;
    if (lines !== VERSIONS) throw new Error(`the log has ${lines} versions`);
  };
  await log();
  const seconds = await medianSeconds(5, log);
  const manifests = await timed(() =>
    pMap(versions, (version) => project.store.get(manifestKey(version)), { concurrency: 16 }),
  );
  const baseline = { what: 'reading the manifests, none looked into', seconds: manifests };
  const pages: string[] = [];
  for await (const { key } of project.store.list('index/study-size/log/')) pages.push(key);
  await project.store.remove(pages);
  const again = await timed(log);
  const after = await medianSeconds(3, log);
  return [
    secondsFigure(`log --all: ${VERSIONS} versions, ${BRANCHES} branches`, seconds, 1, baseline),
    secondsFigure('log --all, when its index was lost', again, 120, baseline),
    secondsFigure('log --all, after that', after, 1, baseline),
  ];
}

async function makeVersions({ store }: Project, folder: string): Promise<Digest[]> {
  const { declaration, steps } = await studyDeclaration(folder);
  const versions: Digest[] = [];
  const heads: { version: Digest; manifest: Manifest }[] = [];
  for (let number = 0; number < VERSIONS; number += 1) {
    // Branches are cut after a hundred versions, and then grow by turns.
    const branch = number < 100 ? 0 : number % BRANCHES;
    const before = heads[branch] ?? heads[0];
    const states = Object.fromEntries(
      steps.map((step, index) => {
        const seed = index === steps.length - 1 ? number : 0;
        const partitions = Array.from({ length: DAYS }, (_, day) => {
          const digest = (what: string) =>
            sha256(createHash('sha256').update(`${step.name} ${day} ${seed} ${what}`).digest());
          const rows = Math.floor(ROWS / DAYS);
          const counts = { ok: rows, skipped: {}, failed: {} };
          const files = { values: digest('values'), provenance: digest('provenance') };
          return [dayName(day), { ...files, rows, counts, root: merkleRoot([]) }] as const;
        });
        return [step.name, stateOf(step, Object.fromEntries(partitions))];
      }),
    );
    const manifest = manifestOf(declaration, states, before?.version ?? null, number + 1);
    const version = await writeManifest(store, manifest);
    await noteInLog(store, version, manifest, before?.manifest ?? null);
    heads[branch] = { version, manifest };
    versions.push(version);
  }
  const refTo = (version: Digest) => ({ manifest: version, run: 'bench', updatedAt: '2026-11-25T00:00:00Z', by: null });
  for (const [branch, { version }] of heads.entries())
    await moveBranch(store, 'study-size', branch === 0 ? 'main' : `pilot-${branch}`, null, refTo(version));
  for (let tag = 0; tag < 20; tag += 1) await writeTag(store, 'study-size', `v${tag}`, refTo(versions[tag * 50]!));
  return versions;
}
