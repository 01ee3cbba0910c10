import { hash } from 'node:crypto';
import type { Transcription, TranscriptionDiarized, TranscriptionVerbose } from 'openai/resources/audio/transcriptions';
import { textTokens } from './chat-messages.ts';
import { digestPicker } from './digest-picker.ts';
import { maxUploadBytes, readFormBody, tooLarge } from './form-body.ts';
import { jsonReply, type Reply, type ServedRequest, type Upload } from './served-request.ts';
import { srt, webVtt } from './subtitles.ts';
import { readTranscriptionFields, type TranscriptionFields } from './transcription-fields.ts';
import { transcriptOf, type Transcript } from './transcript.ts';

export const transcriptionPath = '/v1/audio/transcriptions';

/** Checks `POST /v1/audio/transcriptions` as the real service does. */
export async function readTranscriptionRequest(upload: Upload): Promise<ServedRequest> {
  if (upload.bytes.length > maxUploadBytes) throw tooLarge(upload.bytes.length);
  const form = await readFormBody(upload);
  const fields = await readTranscriptionFields(form);
  const body = bodyOf(form, fields);
  const digest = hash('sha256', JSON.stringify(body));
  return {
    path: transcriptionPath,
    model: fields.modelName,
    body,
    text: fields.prompt,
    digest,
    promptTokens: audioTokens(fields) + textTokens(fields.prompt),
    reservedTokens: 0,
    billed: true,
    reply: (answer) => {
      const { audio, language, temperature } = fields;
      const asked = { duration: Math.round(audio.seconds * 100) / 100, language, temperature };
      return replyIn(fields, transcriptOf(answer, asked, digestPicker(digest)));
    },
  };
}

function bodyOf(form: FormData, { file, bytes }: TranscriptionFields): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const name of form.keys()) body[name] = name.endsWith('[]') ? form.getAll(name) : form.get(name);
  return { ...body, file: { name: file.name, byteLength: bytes.length, sha256: hash('sha256', bytes) } };
}

// Ten audio tokens a second is what gpt-4o-transcribe is said to count.
const audioTokens = ({ audio }: TranscriptionFields): number => Math.ceil(audio.seconds * 10);

const plain = (body: string): Reply => ({ contentType: 'text/plain; charset=utf-8', body });

function replyIn(fields: TranscriptionFields, transcript: Transcript): Reply {
  const { text, language, duration, segments, words } = transcript;
  switch (fields.format) {
    case 'text':
      return plain(`${text}\n`);
    case 'srt':
      return plain(srt(segments));
    case 'vtt':
      return plain(webVtt(segments));
    case 'verbose_json': {
      const wants = (granularity: string): boolean => fields.granularities.includes(granularity);
      return jsonReply({
        task: 'transcribe',
        language,
        duration,
        text,
        ...(wants('segment') && { segments: [...segments] }),
        ...(wants('word') && { words: [...words] }),
        usage: { type: 'duration', seconds: Math.ceil(duration) },
      } satisfies TranscriptionVerbose & { task: 'transcribe' });
    }
    case 'diarized_json':
      return jsonReply({
        task: 'transcribe',
        duration,
        text,
        segments: segments.map(({ id, start, end, text: said, speaker = 'A' }) => ({
          id: `seg_${id}`,
          type: 'transcript.text.segment' as const,
          start,
          end,
          text: said,
          speaker,
        })),
        usage: tokenUsage(fields, text),
      } satisfies TranscriptionDiarized);
    default:
      return jsonReply(shortReply(fields, transcript));
  }
}

function shortReply(fields: TranscriptionFields, { text, duration }: Transcript): Transcription {
  const { family } = fields.model;
  const byDuration = { type: 'duration', seconds: Math.ceil(duration) } as const;
  if (family === 'whisper') return { text, usage: byDuration };
  if (family === 'gpt-transcribe') {
    return { text, languages: fields.languages.map((code) => ({ code })), usage: byDuration };
  }
  const logprobs = text.split(' ').map((token) => ({ token, logprob: -0.1, bytes: [...Buffer.from(token)] }));
  return { text, ...(fields.logprobs && { logprobs }), usage: tokenUsage(fields, text) };
}

function tokenUsage(fields: TranscriptionFields, text: string): Transcription.Tokens {
  const details = { audio_tokens: audioTokens(fields), text_tokens: textTokens(fields.prompt) };
  const input = details.audio_tokens + details.text_tokens;
  const output = textTokens(text);
  return {
    type: 'tokens',
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_token_details: details,
  };
}
