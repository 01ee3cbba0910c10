import type { z } from 'zod';
import type { JsonObject } from '../../../datasets/declaration/json-object.ts';
import { NotMade } from '../../step-kind.ts';
import { askLimits } from '../ai-tuning.ts';
import type { EngineTools } from '../model-engine.ts';
import type { Question } from '../question.ts';
import { chatRequest, type Task } from './chat-request.ts';
import { readCompletion } from './read-completion.ts';

/** Times the tokens of the first budget that a cut off answer gets when it is asked once more. */
const LARGER_BUDGET = 4;

export async function askForJson<T>(
  question: Question,
  task: Task,
  schema: z.ZodType<T>,
  { models, tuning }: EngineTools,
): Promise<{ readonly answer: T } | NotMade> {
  const ask = async (maxOutputTokens: number) => {
    const read = (body: JsonObject) => readCompletion(body, schema);
    const isReadable = (body: JsonObject) => {
      const made = read(body);
      return !(made instanceof NotMade) || made.code !== 'unparseable';
    };
    const request = chatRequest(question, task, maxOutputTokens);
    const answer = await models.ask(question.model, request, askLimits(tuning), isReadable);
    return answer instanceof NotMade ? answer : read(answer.body);
  };
  const first = await ask(question.maxOutputTokens);
  if (!(first instanceof NotMade) || first.code !== 'cut_off') return first;
  const second = await ask(question.maxOutputTokens * LARGER_BUDGET);
  // A model that doesn't take so large a budget refuses the request; what is wrong with the cell is still the first thing.
  return second instanceof NotMade && second.code === 'invalid_request' ? first : second;
}
