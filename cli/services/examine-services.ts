import type { Configuration } from '../configuration.ts';
import type { Finding } from '../doctor.ts';
import { configuredServices } from './configured-services.ts';
import { minioClient } from './ensure-bucket.ts';
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
  const bucket = configuration.s3.bucket.value;
  try {
    const { s3 } = await configuredServices(configuration, new Set(['store']));
    const running = supervisor?.children.store ? supervisor.store : null;
    const store = s3 ?? (running ? s3Of(running, bucket) : null);
    return store ? [await bucketFinding(store)] : [];
  } catch (error) {
    if (!(error instanceof StoreUnreachableError)) throw error;
    return [unreachable('bucket', error.message)];
  }
}

/** With versioning on, a withdrawn video would live on in old versions of its objects. */
async function bucketFinding(s3: S3Service): Promise<Finding> {
  const client = await minioClient(s3);
  const isOn = (await client.getBucketVersioning(s3.bucket)).Status === 'Enabled';
  const suspend = `aws s3api put-bucket-versioning --endpoint-url ${s3.endpoint} --bucket ${s3.bucket} --versioning-configuration Status=Suspended`;
  return {
    name: 'bucket',
    status: isOn ? 'missing' : 'ok',
    version: s3.bucket,
    from: `${s3.endpoint}, versioning ${isOn ? 'on, which would keep copies of withdrawn videos' : 'off'}`,
    mend: isOn ? suspend : '',
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
