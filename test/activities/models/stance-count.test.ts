import { describe, expect, it } from 'vitest';
import { stanceCount } from '../../../activities/models/baseline/stance-count.ts';
import { stanceLabels } from '../../../activities/models/baseline/stance-labels.ts';

describe('the lexicon', () => {
  it.each([
    ['Apoyo al presidente y lo respaldamos todos.', ['apoyo', 'respaldamos'], []],
    ['¡FUERZA, PRESIDENTE! No estás solo.', ['fuerza', 'no estas solo'], []],
    ['Castillo es un corrupto: ¡fuera!', [], ['corrupt*', 'fuera']],
    ['No a la vacancia. El voto se respeta.', ['no a la vacancia', 'se respeta'], []],
    ['Eso se llama golpe de Estado. ¡Basta ya!', [], ['golpe de estado', 'basta ya']],
    ['Yo no lo apoyo, nunca lo defendemos.', [], ['no … lo apoyo', 'nunca … defendemos']],
    ['¿Estás a favor o en contra?', ['a favor'], ['en contra']],
    ['We stand with the teacher, he is not alone.', ['stand with', 'not alone'], []],
    ["They don't support him. Resign!", [], ['t … support', 'resign*']],
    ['Hoy preparamos causa limeña con papa y ají.', [], []],
  ])('counts in “%s”', (sentence, inFavour, against) => {
    expect(stanceCount(sentence)).toEqual({ for: inFavour, against });
  });

  it('reads on at the end of a line, where text on the screen is broken', () => {
    expect(stanceCount('CASTILLO\nNO ESTÁS\nSOLO')).toEqual({ for: ['no estas solo'], against: [] });
  });

  it('counts a phrase once, however often it is said', () => {
    expect(stanceCount('apoyo apoyo\n¡APOYO!')).toEqual({ for: ['apoyo'], against: [] });
  });
});

describe('labels', () => {
  it.each([
    [['support', 'no support', 'neutral'], { for: 'support', against: 'no support', neutral: 'neutral' }],
    [['neutral', 'oppose', 'favor'], { for: 'favor', against: 'oppose', neutral: 'neutral' }],
    [['A favor', 'En contra', 'Sin postura'], { for: 'A favor', against: 'En contra', neutral: 'Sin postura' }],
    [['pro', 'anti', 'unclear'], { for: 'pro', against: 'anti', neutral: 'unclear' }],
    [['apoyo', 'no apoyo', 'neutro'], { for: 'apoyo', against: 'no apoyo', neutral: 'neutro' }],
    [['support', 'no support'], null],
    [['joy', 'anger', 'neutral'], null],
    [['support', 'strong support', 'neutral'], null],
  ])('of a stance are told apart by their words: %s', (labels, expected) => {
    expect(stanceLabels(labels)).toEqual(expected);
  });
});
