import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  malformedPlaceholdersOf,
  placeholdersOf,
  renderPrompt,
  UnknownPlaceholderError,
} from '../../../datasets/declaration/prompt-template.ts';

describe('placeholders', () => {
  it('are found with their exact places, repeated ones each time', () => {
    expect(placeholdersOf('a {{x.y}}\n{{ some_step.a column }}, {{x.y}}')).toEqual([
      { step: 'x', column: 'y', offset: 2, length: 7 },
      { step: 'some_step', column: 'a column', offset: 10, length: 24 },
      { step: 'x', column: 'y', offset: 36, length: 7 },
    ]);
  });

  it('end the name of the step at the first dot', () => {
    expect(placeholdersOf('{{x.y.z}}')).toMatchObject([{ step: 'x', column: 'y.z' }]);
  });

  it('are not taken from JSON or single braces', () => {
    const text = '{"a": {"b": 1}} {x.y} { {x.y} }';
    expect(placeholdersOf(text)).toEqual([]);
    expect(malformedPlaceholdersOf(text)).toEqual([]);
  });

  it('that are malformed are told apart from text', () => {
    expect(
      malformedPlaceholdersOf('{{x}} {{X.y}} {{.y}} {{x.}} {{x.y} {{{x.y}}} {{x.y\n}}').map(({ text }) => text),
    ).toEqual(['{{x}}', '{{X.y}}', '{{.y}}', '{{x.}}', '{{x.y}', '{{{x.y}}}', '{{x.y']);
  });
});

describe('a rendered prompt', () => {
  it('has texts as they are, null as (none), lists as JSON and integers in full', () => {
    const values = {
      'a.text': 'Olé {{a.list}} $& \n',
      'a.none': null,
      'a.list': ['x', null, 2n ** 60n],
      'a.n': 2n ** 60n,
      'a.b': true,
    };
    expect(renderPrompt('{{a.text}}|{{a.none}}|{{ a.list }}|{{a.n}}|{{a.b}}|{{a.list}}', values)).toBe(
      'Olé {{a.list}} $& \n|(none)|["x",null,1152921504606846976]|1152921504606846976|true|["x",null,1152921504606846976]',
    );
  });

  it('has structs as JSON in the order of their fields', () => {
    expect(renderPrompt('{{a.s}}', { 'a.s': { z: 1, a: { m: [] } } })).toBe('{"z":1,"a":{"m":[]}}');
  });

  it('is refused when a value is missing, also one that every object has', () => {
    expect(() => renderPrompt('{{a.b}} {{a.c}}', { 'a.b': 'x' })).toThrow(UnknownPlaceholderError);
    expect(() => renderPrompt('{{to.string}}', { tostring: 'x' })).toThrow('{{to.string}}');
  });

  it('keeps everything that is no placeholder', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
        const clean = texts.map((text) => text.replaceAll('{', ''));
        const values = Object.fromEntries(clean.map((text, index) => [`s.c${index}`, text]));
        const template = clean.map((text, index) => `${text}{{s.c${index}}}`).join('');
        expect(renderPrompt(template, values)).toBe(clean.map((text) => text + text).join(''));
      }),
    );
  });
});
