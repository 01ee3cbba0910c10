import { Client } from 'minio';
import { afterEach, expect, it, vi } from 'vitest';
import { examine } from '../../cli/doctor.ts';
import { TemporaryProject } from './services/temporary-project.ts';

afterEach(() => vi.unstubAllEnvs());

it('finds every part, with where it is from', async () => {
  await using project = new TemporaryProject();
  const findings = await examine(await project.configuration());
  expect(findings.map(({ name }) => name)).toEqual([
    'Node',
    'packages',
    'ffmpeg',
    'Temporal',
    'MinIO',
    'speech engine',
    'yt-dlp',
    'pyarrow',
    'statistics',
    'services',
  ]);
  const needed = findings.filter(({ name }) => name !== 'speech engine' && name !== 'services');
  expect(needed).toEqual(
    needed.map(({ name }) => ({
      name,
      status: 'ok',
      version: expect.stringMatching(/\d/),
      from: expect.stringMatching(/: \//),
      mend: '',
    })),
  );
});

it('warns of a bucket that keeps copies of what is deleted', async () => {
  await using project = new TemporaryProject();
  const { s3 } = await project.ensure({ need: ['store'] });
  const bucketFinding = async () =>
    (await examine(await project.configuration())).find(({ name }) => name === 'bucket');
  expect(await bucketFinding()).toMatchObject({
    status: 'ok',
    version: 'gettok',
    from: `${s3.endpoint}, versioning off`,
  });
  const { hostname: endPoint, port } = new URL(s3.endpoint);
  const client = new Client({ ...s3, endPoint, port: Number(port), useSSL: false });
  await client.setBucketVersioning(s3.bucket, { Status: 'Enabled' });
  expect(await bucketFinding()).toMatchObject({
    status: 'missing',
    mend: `aws s3api put-bucket-versioning --endpoint-url ${s3.endpoint} --bucket gettok --versioning-configuration Status=Suspended`,
  });
});

it('needs no MinIO where another S3 server is configured, but says when that does not answer', async () => {
  await using project = new TemporaryProject();
  vi.stubEnv('PATH', project.folder);
  vi.stubEnv('XDG_CACHE_HOME', project.folder);
  const store = {
    GETTOK_S3_ENDPOINT: 'http://127.0.0.1:9',
    GETTOK_S3_ACCESS_KEY: 'key',
    GETTOK_S3_SECRET_KEY: 'secret',
  };
  const findings = await examine(await project.configuration(store));
  const finding = (wanted: string) => findings.find(({ name }) => name === wanted);
  expect(finding('Temporal')).toMatchObject({ status: 'missing', mend: 'node cli/set-up/main.mjs temporal' });
  expect(finding('MinIO')).toMatchObject({ status: 'absent', from: 'not installed: another server is configured' });
  expect(finding('bucket')).toMatchObject({
    status: 'missing',
    from: expect.stringMatching(/^The S3 server at http:\/\/127\.0\.0\.1:9 can't be used/),
  });
});
