import type { Fault, FaultRule } from './fault.ts';
import type { OpenAIServer } from './openai-server.ts';
import type { AnswerRule, Settings } from './server-state.ts';

/** What `POST /__control` takes, one command a request. */
export type ControlCommand =
  | { do: 'inject'; faults: readonly (Fault | FaultRule)[] }
  | { do: 'answerWith'; rules: readonly AnswerRule[] }
  | { do: 'configure'; settings: Omit<Settings, 'answer'> }
  | { do: 'counts' }
  /** Calls with a number above `after`; their bodies only when asked for. */
  | { do: 'calls'; after?: number; bodies?: boolean }
  | { do: 'pendingFaults' }
  | { do: 'releaseBatches'; lines?: number }
  | { do: 'expireBatches' }
  | { do: 'batches' }
  | { do: 'files' }
  | { do: 'reset' }
  | { do: 'close' };

export function carryOut(command: ControlCommand, server: OpenAIServer): unknown {
  switch (command.do) {
    case 'inject':
      return server.inject(...command.faults);
    case 'answerWith':
      return server.answerWith(...command.rules);
    case 'configure':
      return server.configure(command.settings);
    case 'counts':
      return server.counts();
    case 'calls': {
      const calls = server.calls.filter(({ number }) => number > (command.after ?? 0));
      return command.bodies ? calls : calls.map((call) => ({ ...call, body: null }));
    }
    case 'pendingFaults':
      return server.pendingFaults;
    case 'releaseBatches':
      return server.releaseBatches(command.lines);
    case 'expireBatches':
      return server.expireBatches();
    case 'batches':
      return server.batches;
    case 'files':
      return server.files;
    case 'reset':
      return server.reset();
    case 'close':
      return null;
    default:
      throw new TypeError(`no such command: ${JSON.stringify(command)}`);
  }
}
