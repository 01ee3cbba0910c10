import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STATE_FOLDER } from '../project-folder.ts';
import { speech } from '../set-up/speech.mjs';
import { freePorts } from './free-ports.ts';
import type { Launch } from './launch.ts';
import { ServiceStartError } from './service-errors.ts';
import { locatePart } from './locate-part.ts';
import type { ServicesState } from './services-state.ts';

export type SpeechState = NonNullable<ServicesState['speech']>;

/**
 * The one model name the server can be asked for by an OpenAI client: it reads `model_name`, which such a client does not
 * send, and then takes this one.
 */
const MODEL = 'whisper-1';

export async function chooseSpeech(before: SpeechState | null): Promise<SpeechState> {
  const [port = 0] = await freePorts(before?.port);
  return { port };
}

export const speechOf = ({ port }: SpeechState) => ({ baseUrl: `http://127.0.0.1:${port}/v1`, model: MODEL });

/** Whether the engine and its weights are on this machine; null when not, which is no error. */
export const findSpeech = () => speech.find();

/** A local Whisper behind OpenAI's transcription protocol. */
export async function launchSpeech(
  project: string,
  state: SpeechState,
  environment: Record<string, string>,
): Promise<Launch> {
  const { path, weights } = await locatePart('speech', speech);
  if (!weights) throw new ServiceStartError('speech', 'its weights are missing');
  const config = join(project, STATE_FOLDER, 'speech.yaml');
  // JSON is YAML. One temperature, since the fallbacks to higher ones draw at random.
  const model = {
    name: MODEL,
    path: weights,
    model_options: { device: 'cpu', compute_type: 'int8' },
    transcribe_options: { beam_size: 5, temperature: 0, vad_filter: true },
  };
  writeFileSync(config, `${JSON.stringify({ models: [model] }, null, 2)}\n`, { mode: 0o600 });
  return {
    command: path,
    args: ['-m', 'faster_whisper_server', '--config', config, '--host', '127.0.0.1', '--port', String(state.port)],
    environment: { ...environment, HF_HUB_OFFLINE: '1', PYTHONUNBUFFERED: '1' },
    probe: async () => {
      const { ok } = await fetch(`http://127.0.0.1:${state.port}/health`);
      if (!ok) throw new Error('not ready yet');
    },
  };
}
