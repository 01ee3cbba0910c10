import { audioFileOf, type AudioFile } from './audio-file.ts';
import { languageName } from './language-name.ts';
import { findModel, type TranscriptionModel } from './model-catalogue.ts';
import { invalidRequest, missingParameter, notPlayed, unknownParameter } from './openai-error.ts';
import { oneOf } from './parameter-rule.ts';

export interface TranscriptionFields {
  readonly file: File;
  readonly bytes: Buffer;
  readonly audio: AudioFile;
  readonly modelName: string;
  readonly model: TranscriptionModel;
  readonly format: string;
  readonly language: string | undefined;
  readonly languages: readonly string[];
  readonly prompt: string;
  readonly granularities: readonly string[];
  readonly logprobs: boolean;
  readonly temperature: number;
}

// TranscriptionCreateParamsBase of openai 7 as its SDK names them in a form: lists have brackets.
const single = ['file', 'model', 'chunking_strategy', 'language', 'prompt', 'response_format', 'stream', 'temperature'];
const lists = ['include[]', 'keywords[]', 'languages[]', 'timestamp_granularities[]'];
const unplayed = ['known_speaker_names[]', 'known_speaker_references[]'];
const chunking = /^chunking_strategy\[(type|prefix_padding_ms|silence_duration_ms|threshold)\]$/;

const supportedNames = ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm'];
const supportedFormats = `Supported formats: [${supportedNames.map((name) => `'${name}'`).join(', ')}]`;

/** Checks the fields of a transcription; what a model doesn't take is refused by the name of the field. */
export async function readTranscriptionFields(form: FormData): Promise<TranscriptionFields> {
  checkNames(form);
  const file = form.get('file');
  if (file === null) throw missingParameter('file');
  if (typeof file === 'string')
    throw invalidRequest("Invalid type for 'file': expected a file.", 'file', 'invalid_type');
  const modelName = text(form, 'model');
  if (modelName === undefined || modelName === '') throw invalidRequest('you must provide a model parameter');
  const model = findModel(modelName, 'transcription');
  const format = text(form, 'response_format') ?? 'json';
  oneOf('json', 'text', 'srt', 'verbose_json', 'vtt', 'diarized_json')(format, 'response_format');
  if (!model.formats.includes(format)) {
    throw invalidRequest(
      `response_format '${format}' is not compatible with model '${modelName}'. Use ${model.formats.map((name) => `'${name}'`).join(' or ')} instead.`,
      'response_format',
      'unsupported_value',
    );
  }
  const bytes = Buffer.from(await file.arrayBuffer());
  const audio = readAudio(file.name, bytes, model);
  return {
    file,
    bytes,
    audio,
    modelName,
    model,
    format,
    language: languageOf(text(form, 'language')),
    languages: listOf(form, 'languages[]', model.family === 'gpt-transcribe', modelName),
    prompt: promptOf(form, model, modelName, audio),
    granularities: granularitiesOf(form, model, format, modelName),
    logprobs: logprobsOf(form, model, modelName),
    temperature: temperatureOf(text(form, 'temperature')),
  };
}

function checkNames(form: FormData): void {
  for (const name of new Set(form.keys())) {
    if (unplayed.includes(name)) throw notPlayed(`'${name}'`);
    if (!single.includes(name) && !lists.includes(name) && !chunking.test(name)) throw unknownParameter(name);
    if (!lists.includes(name) && form.getAll(name).length > 1) {
      throw invalidRequest(`Duplicate parameter: '${name}'.`, name, 'duplicate_parameter');
    }
    if (name !== 'file' && form.getAll(name).some((value) => typeof value !== 'string')) {
      throw invalidRequest(`Invalid type for '${name}': expected a string.`, name, 'invalid_type');
    }
  }
}

const text = (form: FormData, name: string): string | undefined => {
  const value = form.get(name);
  return typeof value === 'string' ? value : undefined;
};

function readAudio(name: string, bytes: Buffer, model: TranscriptionModel): AudioFile {
  // The service goes by the extension of the file name, whatever the part's content type says.
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  if (!supportedNames.includes(extension)) {
    throw invalidRequest(`Unrecognized file format. ${supportedFormats}`, 'file');
  }
  const audio = audioFileOf(bytes);
  if (audio === null) throw invalidRequest(`Invalid file format. ${supportedFormats}`, 'file');
  // A guessed length refuses nothing.
  if (!audio.exact) return audio;
  if (audio.seconds < 0.1) {
    throw invalidRequest('Audio file is too short. Minimum audio length is 0.1 seconds.', 'file', 'audio_too_short');
  }
  if (audio.seconds > model.maxSeconds) {
    throw invalidRequest(
      `audio duration ${audio.seconds} seconds is longer than ${model.maxSeconds} seconds which is the maximum for this model`,
      null,
      'invalid_value',
    );
  }
  return audio;
}

function languageOf(language: string | undefined): string | undefined {
  if (language === undefined) return undefined;
  const name = languageName(language);
  if (name !== undefined) return name;
  throw invalidRequest(
    `Invalid language '${language}'. Language parameter must be specified in ISO-639-1 format.`,
    'language',
    'invalid_language_format',
  );
}

const notTakenBy = (name: string, modelName: string): Error =>
  invalidRequest(`'${name}' is not supported with model '${modelName}'.`, name, 'unsupported_parameter');

function listOf(form: FormData, name: string, taken: boolean, modelName: string): string[] {
  const values = form.getAll(name).filter((value) => typeof value === 'string');
  if (values.length > 0 && !taken) throw notTakenBy(name.slice(0, -2), modelName);
  return values;
}

function promptOf(form: FormData, model: TranscriptionModel, modelName: string, audio: AudioFile): string {
  const prompt = text(form, 'prompt');
  const keywords = listOf(form, 'keywords[]', model.family === 'gpt-transcribe', modelName);
  const chunked = [...form.keys()].some((name) => name.startsWith('chunking_strategy'));
  const strategy = text(form, 'chunking_strategy');
  if (strategy !== undefined) oneOf('auto')(strategy, 'chunking_strategy');
  if (model.family === 'whisper' && chunked) throw notTakenBy('chunking_strategy', modelName);
  if (model.family === 'diarize') {
    if (prompt !== undefined) throw notTakenBy('prompt', modelName);
    if (audio.exact && audio.seconds > 30 && !chunked) {
      throw invalidRequest('chunking_strategy is required for diarization models', 'chunking_strategy');
    }
  }
  return [prompt ?? '', ...keywords].join('\n').trim();
}

function granularitiesOf(form: FormData, model: TranscriptionModel, format: string, modelName: string): string[] {
  const name = 'timestamp_granularities[]';
  const values = listOf(form, name, model.family === 'whisper', modelName);
  for (const value of values) oneOf('word', 'segment')(value, name.slice(0, -2));
  if (values.length > 0 && format !== 'verbose_json') {
    throw invalidRequest(
      "Timestamp granularities are only supported with response_format 'verbose_json'.",
      'timestamp_granularities',
      'invalid_value',
    );
  }
  return values.length > 0 ? values : ['segment'];
}

function logprobsOf(form: FormData, model: TranscriptionModel, modelName: string): boolean {
  const values = listOf(form, 'include[]', model.family === 'gpt-4o', modelName);
  for (const value of values) oneOf('logprobs')(value, 'include');
  const stream = text(form, 'stream');
  if (stream !== undefined) oneOf('true', 'false')(stream, 'stream');
  // whisper-1 ignores it, says the SDK.
  if (stream === 'true' && model.family !== 'whisper') throw notPlayed("'stream'");
  return values.length > 0;
}

function temperatureOf(temperature: string | undefined): number {
  const value = temperature === undefined || temperature === '' ? 0 : Number(temperature);
  if (value >= 0 && value <= 1) return value;
  throw invalidRequest(`Invalid 'temperature': expected a value from 0 to 1, but got ${temperature}.`, 'temperature');
}
