import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Fault, FaultRule } from './fault.ts';
import type { OpenAIServer } from './openai-server.ts';
import type { AnswerRule, Settings } from './server-state.ts';

export const controlPath = '/__control';

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

/** Carries out one command; its calls are in no count. */
export async function serveControl(
  request: IncomingMessage,
  response: ServerResponse,
  server: OpenAIServer,
): Promise<void> {
  try {
    const command: ControlCommand = JSON.parse(await text(request));
    const body = JSON.stringify(carryOut(command, server));
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (command.do === 'close') await server.close();
  } catch (error) {
    response.writeHead(400, { 'content-type': 'application/json' }).end(JSON.stringify({ error: String(error) }));
  }
}

function carryOut(command: ControlCommand, server: OpenAIServer): unknown {
  switch (command.do) {
    case 'inject':
      return server.inject(...command.faults) ?? null;
    case 'answerWith':
      return server.answerWith(...command.rules) ?? null;
    case 'configure':
      return server.configure(command.settings) ?? null;
    case 'counts':
      return server.counts();
    case 'calls': {
      const calls = server.calls.filter(({ number }) => number > (command.after ?? 0));
      return command.bodies ? calls : calls.map((call) => ({ ...call, body: null }));
    }
    case 'pendingFaults':
      return server.pendingFaults;
    case 'releaseBatches':
      return server.releaseBatches(command.lines) ?? null;
    case 'expireBatches':
      return server.expireBatches() ?? null;
    case 'batches':
      return server.batches;
    case 'files':
      return server.files;
    case 'reset':
      return server.reset() ?? null;
    case 'close':
      return null;
    default:
      throw new TypeError(`no such command: ${JSON.stringify(command)}`);
  }
}
