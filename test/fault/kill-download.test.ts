import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMinioStore } from '../../activities/minio-store.ts';
import { sha256 } from '../../manifests/digest.ts';
import { inTurn, stuck, video, videoServer, type VideoServer } from '../activities/download/video-server.ts';
import { until } from '../until.ts';
import { countsOf, FaultProject, MISSED_SOON } from './fault-project.ts';

const QUERY = 'select id, file from media order by id';

let project: FaultProject;
let server: VideoServer;
let clips: Buffer[];

beforeAll(async () => {
  project = await FaultProject.start();
  Object.assign(project.more, MISSED_SOON);
  clips = await Promise.all(
    ['red', 'green', 'blue'].map(async (colour) => {
      const path = join(project.path, `${colour}.mp4`);
      execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', `color=${colour}:s=64x64:d=1`, path]);
      return await readFile(path);
    }),
  );
  const [one, two, three] = clips as [Buffer, Buffer, Buffer];
  server = await videoServer({
    '/1.mp4': video(one),
    // yt-dlp looks at an address first, then downloads it: that is what is stuck.
    '/2.mp4': inTurn(video(two), stuck(two.subarray(0, 500)), video(two)),
    '/3.mp4': video(three),
  });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await project?.[Symbol.asyncDispose]();
});

async function dataset(name: string): Promise<void> {
  const folder = join(project.path, name);
  await mkdir(folder);
  await writeFile(join(folder, 'rows.jsonl'), ['1', '2', '3'].map((id) => `${JSON.stringify({ id })}\n`).join(''));
  await writeFile(
    join(folder, 'dataset.yaml'),
    `dataset: ${name}
partition: { by: id, buckets: 1 }
steps:
  video: { uses: import/table, with: { path: rows.jsonl, id: id } }
  media:
    uses: media/download
    needs: [video]
    with: { url: 'http://127.0.0.1:${server.port}/{id}.mp4', allow_private_addresses: true, requests_per_minute: 6000, concurrency: 1 }
`,
  );
}

/** Ids of the processes that download from our server. */
const downloaders = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0--\0http://127.0.0.1:${server.port}/`);
      } catch {
        return false;
      }
    })
    .map(Number);

const asked = (path: string) => server.requests.filter((request) => request === `GET ${path}`).length;

it('goes on after kill -9 in the middle of a download: no half file, and nothing again that was there', async () => {
  await dataset('killed');
  const run = project.start(['run', 'killed', '--json', '--yes']);
  await until('the download that is stuck', () => asked('/2.mp4') === 2);
  const { store: minio, children } = project.services();
  const { port, accessKey, secretKey } = minio!;
  const endpoint = `http://127.0.0.1:${port}`;
  const store = await openMinioStore({ endpoint, accessKey, secretKey, bucket: 'gettok', region: 'us-east-1' });
  const keys = async (prefix: string) => {
    const found: string[] = [];
    for await (const { key } of store.list(prefix)) found.push(key);
    return found;
  };
  const known = (await keys('index/killed/')).length;
  await until('the first video to be kept', async () => (await keys('index/killed/')).length > known);
  const [orphan, ...others] = downloaders();
  expect(others).toEqual([]);
  process.kill(children.worker!.pid, 'SIGKILL');
  await until('the download to end with its worker', () => !downloaders().includes(orphan!));
  expect(await run).toMatchObject({ exitCode: 0 });

  expect(countsOf(await project.manifest('killed'), 'media')).toEqual({ ok: 3 });
  expect({ one: asked('/1.mp4'), two: asked('/2.mp4'), three: asked('/3.mp4') }).toEqual({ one: 2, two: 4, three: 2 });
  const rows = await project.json<{ id: string; file: string }[]>('query', 'killed', QUERY);
  expect(rows.map(({ file }) => file)).toEqual(clips.map((clip) => sha256(clip)));
  expect(downloaders()).toEqual([]);

  const before = server.requests.length;
  expect(await project.run('killed')).toMatchObject({ changed: false });
  expect(server.requests).toHaveLength(before);
}, 150_000);
