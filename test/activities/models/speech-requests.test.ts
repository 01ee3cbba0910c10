import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { aiTranscribe } from '../../../activities/kinds/ai-transcribe.ts';
import type { Model } from '../../../datasets/step-kind.ts';
import { sha256 } from '../../../manifests/digest.ts';
import { OpenAIServer } from '../../openai-server/openai-server.ts';
import { wavAudio } from '../../openai-server/wav-audio.ts';
import { ModelBench } from './model-bench.ts';
import transcribeDiarize from './requests/transcribe-diarize.ts';
import transcribeGpt from './requests/transcribe-gpt.ts';
import transcribeWhisper from './requests/transcribe-whisper.ts';

const server = await OpenAIServer.start();
let bench: ModelBench;
beforeEach(async () => {
  server.reset();
  bench = await ModelBench.start(server);
});
afterAll(() => server.close());

const audio = wavAudio(3);

/** The names and texts of the fields that the recorded parameters are sent as, a list as a field for each member. */
const fieldsOf = (recorded: object): Map<string, readonly string[]> =>
  new Map(
    Object.entries(recorded).map(([name, value]: [string, unknown]) =>
      Array.isArray(value) ? [`${name}[]`, value.map(String)] : [name, [String(value)]],
    ),
  );

/** A form as it is written (RFC 7578); the order of its fields is the SDK's. */
function formOf(recorded: object, order: readonly string[], boundary: string): Buffer {
  const fields = fieldsOf(recorded);
  const begin = `--${boundary}\r\nContent-Disposition: form-data; name=`;
  const file = Buffer.concat([
    Buffer.from(`${begin}"file"; filename="audio.wav"\r\nContent-Type: audio/wav\r\n\r\n`),
    audio,
    Buffer.from('\r\n'),
  ]);
  const parts = order.flatMap((name) =>
    name === 'file' ? [file] : fields.get(name)!.map((text) => Buffer.from(`${begin}"${name}"\r\n\r\n${text}\r\n`)),
  );
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}

describe('a transcription’s request is, field by field and byte for byte, the recorded one', () => {
  it.each<[string, Partial<Model>, object, object]>([
    [
      'a Whisper',
      { model: 'whisper-1' },
      { words: true, language: 'es', hint: 'Pedro Castillo, Cerrón', temperature: 0 },
      transcribeWhisper,
    ],
    [
      'a model that says no times',
      { model: 'gpt-4o-transcribe', parameters: { include: ['logprobs'] } },
      { language: 'es' },
      transcribeGpt,
    ],
    ['one that tells speakers apart', { model: 'gpt-4o-transcribe-diarize' }, {}, transcribeDiarize],
  ])('to %s', async (_what, model, more, recorded) => {
    const params = { words: false, ...more, model: { name: 'speech', provider: 'openai', ...model } };
    const inputs = { audio: await bench.blobs.put(audio) };
    await bench.cell(aiTranscribe, inputs, { params, tuning: { tries: 1 } });
    const [call] = server.calls;
    const { file, ...fields } = call!.body!;
    expect(new Map(Object.entries(fields).map(([name, value]) => [name, [value].flat()]))).toEqual(fieldsOf(recorded));
    expect(file).toMatchObject({ name: 'audio.wav', byteLength: audio.length });
    const boundary = /^multipart\/form-data; boundary=(\S+)$/.exec(String(call!.headers['content-type']))?.[1];
    const form = formOf(recorded, Object.keys(call!.body!), boundary!);
    expect(`sha256:${call!.bytesDigest}`).toBe(sha256(form));
  });
});
