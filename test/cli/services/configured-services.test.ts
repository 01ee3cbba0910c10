import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { TemporaryProject } from './temporary-project.ts';

it('uses services that are configured and starts only the others', async () => {
  await using elsewhere = new TemporaryProject();
  const { s3, temporal } = await elsewhere.ensure({ need: ['store', 'temporal'] });
  await using project = new TemporaryProject();
  const configured = {
    GETTOK_S3_ENDPOINT: s3.endpoint,
    GETTOK_S3_ACCESS_KEY: s3.accessKey,
    GETTOK_S3_SECRET_KEY: s3.secretKey,
    GETTOK_S3_BUCKET: 'of-a-team',
  };
  const services = await project.ensure({ need: ['store'] }, configured);
  expect(services.s3).toEqual({ ...s3, bucket: 'of-a-team' });
  expect(project.processes()).toEqual([]);

  await project.ensure({ need: ['worker'] }, { ...configured, TEMPORAL_ADDRESS: temporal.address });
  expect(Object.keys(project.state.children)).toEqual(['worker']);
  expect(project.worker).toMatchObject({ ...configured, TEMPORAL_ADDRESS: temporal.address });
});

it('says which setting is wrong when a configured service does not answer', async () => {
  await using project = new TemporaryProject();
  const store = {
    GETTOK_S3_ENDPOINT: 'http://127.0.0.1:9',
    GETTOK_S3_ACCESS_KEY: 'key',
    GETTOK_S3_SECRET_KEY: 'secret',
  };
  await expect(project.ensure({ need: ['store'] }, store)).rejects.toThrow(
    /^The S3 server at http:\/\/127\.0\.0\.1:9 can't be used: .*ECONNREFUSED.*Check GETTOK_S3_ENDPOINT/,
  );
  await expect(project.ensure({ need: ['temporal'] }, { TEMPORAL_ADDRESS: '127.0.0.1:9' })).rejects.toThrow(
    /^Temporal at 127\.0\.0\.1:9 can't be used: .*Check TEMPORAL_ADDRESS/,
  );
});

it('says what a server that can not be started has printed', async () => {
  await using project = new TemporaryProject();
  const broken = join(project.folder, 'minio');
  writeFileSync(broken, '#!/bin/sh\necho "this is not a server" >&2\nexit 3\n', { mode: 0o755 });
  await expect(project.ensure({ need: ['store'] }, { GETTOK_MINIO: broken })).rejects.toThrow(
    /^MinIO could not be started: it ended with code 3\. Its log is .*store\.log and ends with:\n(.*\n)*this is not a server/,
  );
});

it('says which bucket can not be made', async () => {
  await using project = new TemporaryProject();
  await expect(project.ensure({ need: ['store'] }, { GETTOK_S3_BUCKET: 'ab' })).rejects.toThrow(
    /^MinIO could not be started: it answers, but the bucket ab can't be made: .*bucket name/i,
  );
});

it('says how to get a server that is not installed', async () => {
  await using project = new TemporaryProject();
  const nowhere = { PATH: project.folder, HOME: project.folder, XDG_CACHE_HOME: project.folder };
  await expect(project.ensure({ need: ['temporal'] }, nowhere)).rejects.toThrow(
    /^Temporal could not be started: it is not installed\. Install it with: {2}node .*cli\/set-up\/main\.mjs temporal$/,
  );
});
