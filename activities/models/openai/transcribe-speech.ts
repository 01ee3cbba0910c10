import { NotMade } from '../../step-kind.ts';
import { askLimits } from '../ai-tuning.ts';
import type { SpeechPart } from '../model-calls.ts';
import type { EngineTools, Speech, Transcript } from '../model-engine.ts';
import { joinTranscripts, type PartTranscript } from './join-transcripts.ts';
import { readTranscription } from './read-transcription.ts';
import { speechParts } from './speech-parts.ts';
import { transcriptionRequest } from './transcription-request.ts';

/**
 * An audio over the upload limit is asked part by part, one after another: other rows fill the pace meanwhile, and a part
 * that fails spares the price of those after it. What was answered stays recorded, and is not paid for again.
 */
export async function transcribeSpeech(speech: Speech, tools: EngineTools): Promise<Transcript | NotMade> {
  const split = await speechParts(speech.audio, tools);
  if (split instanceof NotMade) return split;
  if (split === null) return await transcribe(speech, undefined, tools);
  const made: PartTranscript[] = [];
  for (const part of split.parts) {
    const transcript = await transcribe(speech, part, tools);
    if (transcript instanceof NotMade) return transcript;
    made.push({ part, transcript });
  }
  return joinTranscripts(made, split.cuts);
}

async function transcribe(speech: Speech, part: SpeechPart | undefined, { models, tuning }: EngineTools) {
  const answer = await models.ask(speech.model, transcriptionRequest(speech, part), askLimits(tuning));
  return answer instanceof NotMade ? answer : readTranscription(answer.body, speech.language);
}
