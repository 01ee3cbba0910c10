import { Command, CommanderError } from 'commander';
import { GettokError } from '../manifests/gettok-error.ts';
import { branchCommand } from './commands/branch.ts';
import { cancelCommand } from './commands/cancel.ts';
import { compareCommand } from './commands/compare.ts';
import { configCommand } from './commands/config.ts';
import { copyCommand } from './commands/copy.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downCommand } from './commands/down.ts';
import { exportCommand } from './commands/export.ts';
import { fsckCommand } from './commands/fsck.ts';
import { gcCommand } from './commands/gc.ts';
import { initCommand } from './commands/init.ts';
import { logCommand } from './commands/log.ts';
import { mergeCommand } from './commands/merge.ts';
import { modelsCommand } from './commands/models.ts';
import { planCommand } from './commands/plan.ts';
import { promoteCommand } from './commands/promote.ts';
import { queryCommand } from './commands/query.ts';
import { rerunCommand } from './commands/rerun.ts';
import { runCommand } from './commands/run.ts';
import { sampleCommand } from './commands/sample.ts';
import { showCommand } from './commands/show.ts';
import { statusCommand } from './commands/status.ts';
import { tagCommand } from './commands/tag.ts';
import { upCommand } from './commands/up.ts';
import { validateCommand } from './commands/validate.ts';
import { whyCommand } from './commands/why.ts';
import { workerCommand } from './commands/worker.ts';
import { SetUpError } from './set-up/set-up-error.mjs';
import { softwareVersion } from './software-version.ts';
import { coloursFor } from './terminal/colours.ts';

/** The command line in the order in which a person meets it. */
export function createProgram(): Command {
  const program = new Command('gettok')
    .description('From a collection of short videos to a citable, auditable dataset.')
    .version(softwareVersion())
    .showHelpAfterError('(see --help)')
    // models and its own command check have options of the same names.
    .enablePositionalOptions()
    .exitOverride();
  const commands = [
    demoCommand(),
    initCommand(),
    validateCommand(),
    modelsCommand(),
    planCommand(),
    runCommand(),
    statusCommand(),
    cancelCommand(),
    logCommand(),
    showCommand(),
    diffCommand(),
    whyCommand(),
    queryCommand(),
    exportCommand(),
    compareCommand(),
    sampleCommand(),
    tagCommand(),
    branchCommand(),
    rerunCommand(),
    promoteCommand(),
    mergeCommand(),
    copyCommand(),
    gcCommand(),
    fsckCommand(),
    upCommand(),
    downCommand(),
    doctorCommand(),
    configCommand(),
    workerCommand(),
  ];
  for (const command of commands) program.addCommand(command.exitOverride().showHelpAfterError('(see --help)'));
  return program;
}

/** Exit code: 0 done, 1 the job failed, 2 wrong use. */
async function main(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    const { red } = coloursFor(process.stderr);
    process.stderr.write(`${red('✘')} ${harmless(textOf(error))}\n`);
    return error instanceof GettokError && error.wrongUse ? 2 : 1;
  }
}

/** Messages quote ids and answers from strangers: nothing in them may steer the terminal. */
const harmless = (text: string): string =>
  text.replaceAll(/[\p{Cc}\p{Bidi_Control}]/gu, (mark) => (mark === '\n' ? mark : '▯'));

/** A defect shows its stack, since the person can't mend it and we need it; all else is a message meant for people. */
function textOf(error: unknown): string {
  if (error instanceof GettokError || error instanceof SetUpError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

// A reader that has seen enough closes the pipe (gettok log | head): that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
