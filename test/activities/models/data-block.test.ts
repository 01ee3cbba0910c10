import { array, assert, constantFrom, property } from 'fast-check';
import { expect, it } from 'vitest';
import { dataBlock, delimitedPrompt } from '../../../activities/models/openai/data-block.ts';

it('puts texts, lists and objects between tags, and numbers and what is missing in as they are', () => {
  const text = '{{a.text}} {{a.list}} {{a.count}} {{a.nothing}} {{a.flag}}';
  const texts = {
    'a.text': 'x',
    'a.list': ['é', null, 12n],
    'a.count': 9007199254740993n,
    'a.nothing': null,
    'a.flag': true,
  };
  expect(delimitedPrompt({ prompt: { path: 'p', text }, texts })).toBe(
    '<data>x</data> <data>["é",null,12]</data> 9007199254740993 (none) true',
  );
});

it('never lets a text close its own block', () => {
  const piece = constantFrom('<data>', '</data>', '< / DATA', 'data-2', '</data-2>', '</Data-3>', 'x', ' ', '\n');
  assert(
    property(
      array(piece).map((pieces) => pieces.join('')),
      (text) => {
        const block = dataBlock(text);
        const tag = /^<([^>]+)>/.exec(block)![1]!;
        expect(block).toBe(`<${tag}>${text}</${tag}>`);
        expect(text.toLowerCase()).not.toMatch(new RegExp(`<\\s*/\\s*${tag}\\s*>`));
      },
    ),
  );
});
