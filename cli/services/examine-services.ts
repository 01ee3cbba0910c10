import type { Configuration } from '../configuration.ts';
import type { Finding } from '../doctor.ts';
import { configuredServices, configuredStore, reasonOf } from './configured-services.ts';
import { s3Of } from './minio-service.ts';
import { StoreUnreachableError, TemporalUnreachableError } from './service-errors.ts';
import type { S3Service } from './services.ts';
import { findSupervisor } from './start-supervisor.ts';

/** The services as `gettok doctor` lists them: those that run here, and those that are configured. */
export async function examineServices(configuration: Configuration): Promise<Finding[]> {
  const supervisor = findSupervisor(configuration.project.value);
  const own = !configuration.s3.endpoint || !configuration.temporal;
  return [
    ...(own ? [supervisorFinding(supervisor?.supervisor?.pid, supervisor?.kept ?? false)] : []),
    ...(await storeFindings(configuration, supervisor)),
    ...(await temporalFindings(configuration)),
  ];
}

const supervisorFinding = (pid: number | undefined, kept: boolean): Finding => ({
  name: 'services',
  status: pid === undefined ? 'absent' : 'ok',
  version: '',
  from:
    pid === undefined
      ? 'not running; commands start them when they need them'
      : `running (process ${pid})${kept ? ', until gettok down' : ''}`,
  mend: '',
});

async function storeFindings(
  configuration: Configuration,
  supervisor: ReturnType<typeof findSupervisor>,
): Promise<Finding[]> {
  const running = supervisor?.children.store ? supervisor.store : null;
  try {
    const s3 = configuredStore(configuration) ?? (running && s3Of(running, configuration.s3.bucket.value));
    return s3 ? [await bucketFinding(s3)] : [];
  } catch (error) {
    if (!(error instanceof StoreUnreachableError)) throw error;
    return [unreachable('bucket', error.message)];
  }
}

/** With versioning on, a withdrawn video would live on in old versions of its objects. */
async function bucketFinding(s3: S3Service): Promise<Finding> {
  const { isBucketVersioned } = await import('../../activities/minio-store.ts');
  const isOn = await isBucketVersioned(s3).catch((error: unknown) => {
    throw new StoreUnreachableError(s3.endpoint, reasonOf(error));
  });
  const finding = { name: 'bucket', version: s3.bucket, mend: '' };
  if (isOn === null) return { ...finding, status: 'absent', from: `${s3.endpoint}: the first command makes it` };
  if (!isOn) return { ...finding, status: 'ok', from: `${s3.endpoint}, versioning off` };
  return {
    ...finding,
    status: 'missing',
    from: `${s3.endpoint}, versioning on: copies of withdrawn videos would stay`,
    mend: `aws s3api put-bucket-versioning --endpoint-url ${s3.endpoint} --bucket ${s3.bucket} --versioning-configuration Status=Suspended`,
  };
}

async function temporalFindings(configuration: Configuration): Promise<Finding[]> {
  const { temporal } = configuration;
  if (!temporal) return [];
  try {
    await configuredServices(configuration, new Set(['temporal']));
    const from = `${temporal.address.value} (${temporal.address.from})`;
    return [{ name: 'Temporal server', status: 'ok', version: temporal.namespace.value, from, mend: '' }];
  } catch (error) {
    if (!(error instanceof TemporalUnreachableError)) throw error;
    return [unreachable('Temporal server', error.message)];
  }
}

const unreachable = (name: string, message: string): Finding => ({
  name,
  status: 'missing',
  version: '',
  from: message.split('. ')[0] ?? message,
  mend: 'gettok config',
});
