/**
 * The process which runs a project's services, detached from the command that started it:
 * `node supervisor-process.ts <project folder> <idle milliseconds>`.
 */
import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { loadConfiguration } from '../configuration.ts';
import { makeStateFolder } from '../project-folder.ts';
import type { ControlHandlers } from './control-server.ts';
import { listenForCommands } from './control-server.ts';
import { endOrphans } from './end-orphans.ts';
import { freePorts } from './free-ports.ts';
import { IdleWatch } from './idle-watch.ts';
import { identityOf } from './process-identity.ts';
import { ServiceStartError } from './service-errors.ts';
import { type ServicesState, readServicesState, writeServicesState } from './services-state.ts';
import { LOCKED_EXIT_CODE } from './start-supervisor.ts';
import { Supervisor } from './supervisor.ts';
import { takeSupervisorLock } from './supervisor-lock.ts';

const [project = '', idleMs = ''] = process.argv.slice(2);
makeStateFolder(project);
const lock = takeSupervisorLock(project);
if (!lock) process.exit(LOCKED_EXIT_CODE);

const before = readServicesState(project);
const orphans = await endOrphans(project, before);
const [controlPort = 0] = await freePorts(undefined);
const state: ServicesState = {
  kept: false,
  store: null,
  temporal: null,
  speech: null,
  ...before,
  supervisor: identityOf(process.pid),
  control: { port: controlPort, token: randomBytes(24).toString('base64url') },
  children: {},
};
const environment = (await loadConfiguration({ cwd: project })).environment();
const supervisor = new Supervisor(project, environment, state);
supervisor.listen(({ at, message }) => process.stdout.write(`${at} ${message}\n`));
if (orphans > 0)
  supervisor.report('supervisor', 'recovered', `Ended ${orphans} processes of services that were not stopped`);

let stopping: Promise<void> | undefined;
const stop = () => {
  stopping ??= supervisor.stop().then(() => watch.end());
  return stopping;
};
const watch = new IdleWatch(
  Number(idleMs),
  async () => supervisor.kept || (await supervisor.runningWorkflows()) > 0,
  () => void stop().then(end),
);

const handlers: ControlHandlers = {
  stopping: () => stopping !== undefined,
  async ensure(request, send, hungUp) {
    watch.useUntil(hungUp);
    const unlisten = supervisor.listen((event) => send({ type: 'event', event }));
    hungUp.addEventListener('abort', unlisten);
    try {
      send({ type: 'ready', services: await supervisor.ensure(request) });
    } catch (error) {
      if (error instanceof ServiceStartError) send({ type: 'failed', service: error.service, reason: error.reason });
      else send({ type: 'failed', service: null, reason: String(error) });
      process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    }
  },
  async stop(send) {
    supervisor.listen((event) => send({ type: 'event', event }));
    await stop();
    // The answer has to be on its way before the process ends.
    setTimeout(end, 50);
  },
};

const server: Server = await listenForCommands(state.control, handlers);
// From here on commands find this supervisor.
writeServicesState(project, state);
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop().then(end));
process.on('SIGHUP', () => {});

function end(): void {
  server.closeAllConnections();
  lock?.release();
  process.exit(0);
}
