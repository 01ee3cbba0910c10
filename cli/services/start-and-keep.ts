import { type Configuration, loadConfiguration } from '../configuration.ts';
import { liveLines } from '../terminal/live-lines.ts';
import { renderTable } from '../terminal/render-table.ts';
import { coloursFor, widthOf } from '../terminal/colours.ts';
import { ensureServices, type Services } from './ensure-services.ts';
import { SERVICE_TITLES, type ServiceName } from './service-name.ts';
import { readServicesState, type ServicesState } from './services-state.ts';

/** A line of `gettok up`; with `--json`, one object of `services`. */
interface ServiceLine {
  readonly service: ServiceName;
  readonly address: string | null;
  /** Where a person looks at it in a browser. */
  readonly ui: string | null;
  readonly note: string;
}

/** `gettok up`: everything that is not configured from outside runs here, until `gettok down`. */
export async function startAndKeep({ json }: { json?: boolean }): Promise<void> {
  const configuration = await loadConfiguration();
  const live = liveLines(process.stderr);
  const happened = new Map<string, string>();
  const services = await ensureServices(configuration, {
    need: ['store', 'temporal', 'worker', 'speech'],
    keep: true,
    onEvent: ({ service, message }) =>
      live.show([...happened.set(service, `  ${message}`).values()].map((text) => ({ text, final: true }))),
  });
  live.show([]);
  live.done();
  services.release();
  const lines = describe(configuration, services);
  if (json) {
    process.stdout.write(`${JSON.stringify({ services: lines })}\n`);
    return;
  }
  const { green, dim } = coloursFor(process.stdout);
  const rows = lines.map(({ service, address, ui, note }) => [
    address === null && service === 'speech' ? dim('–') : green('✔'),
    SERVICE_TITLES[service],
    address ?? '',
    ui ? `UI ${ui}` : '',
    dim(note),
  ]);
  const columns = [{ title: '' }, { title: '' }, { title: '' }, { title: '' }, { title: '' }];
  process.stdout.write(
    `${renderTable(columns, rows, widthOf(process.stdout))}\n\nThey run until you stop them:  gettok down\n`,
  );
}

function describe(configuration: Configuration, { s3, temporal, speech }: Services): ServiceLine[] {
  const state = readServicesState(configuration.project.value);
  return [
    { service: 'store', address: s3.endpoint, ...storeNote(configuration, state) },
    { service: 'temporal', address: temporal.address, ...temporalNote(configuration, state) },
    { service: 'worker', address: null, ui: null, note: 'takes work' },
    {
      service: 'speech',
      address: speech?.baseUrl ?? null,
      ui: null,
      note: speech ? (configuration.speech.baseUrl?.from ?? '') : 'not installed (gettok doctor says more)',
    },
  ];
}

const storeNote = ({ s3 }: Configuration, state: ServicesState | null) =>
  s3.endpoint || !state?.store
    ? { ui: null, note: s3.endpoint?.from ?? '' }
    : {
        ui: `http://127.0.0.1:${state.store.consolePort}`,
        note: `user ${state.store.accessKey}, password in .gettok/services.json`,
      };

const temporalNote = ({ temporal }: Configuration, state: ServicesState | null) =>
  temporal || !state?.temporal
    ? { ui: null, note: temporal?.address.from ?? '' }
    : { ui: `http://127.0.0.1:${state.temporal.uiPort}`, note: '' };
