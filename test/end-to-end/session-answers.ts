import type { Answer, ServedRequest } from '../openai-server/served-request.ts';

// Sides of short captions in Spanish, by a few words: models that differ, and one of them by what its prompt says.
const SUPPORT = /fuerza, presidente|no estás solo|no al golpe|no a la vacancia|respald|apoy/i;
const NO_SUPPORT = /vacancia ya|bastaya|fuera|nunca más|arrepentida/i;
const IRONY = /el mejor del mundo, dicen/i;

/** Answers both steps of docs/rerun-a-step.md: the gist of a caption, and its stance as each of the two models sees it. */
export function answerForSession({ text, model }: ServedRequest): Answer {
  if (!text.includes('Which stance')) return { text: gistOf(text) };
  const said = text.slice(text.lastIndexOf('What it says:'));
  if (IRONY.test(said))
    return text.includes('Irony counts')
      ? { label: 'no support', rationale: 'The praise is not meant.' }
      : { label: 'support', rationale: 'It calls him the best in the world.' };
  if (NO_SUPPORT.test(said))
    return model.startsWith('gpt-5') && said.includes('bastaya')
      ? { label: 'neutral', rationale: 'It asks about prices and blames nobody.' }
      : { label: 'no support', rationale: 'It is against him.' };
  if (SUPPORT.test(said)) return { label: 'support', rationale: 'It is for him.' };
  return said.includes('plaza') && !model.startsWith('gpt-5')
    ? { label: 'support', rationale: 'It shows people in the square.' }
    : { label: 'neutral', rationale: 'It takes no side.' };
}

function gistOf(text: string): string {
  const caption = /<data>([^]*?)<\/data>/.exec(text.slice(text.indexOf('Caption:')))![1]!;
  const words = caption
    .replaceAll(/#\S+|[^\p{L}\p{P}\s]/gu, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  return (text.includes('at most five words') ? words.slice(0, 5) : words).join(' ');
}
