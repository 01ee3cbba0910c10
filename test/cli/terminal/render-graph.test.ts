import { describe, expect, it } from 'vitest';
import { renderGraph } from '../../../cli/terminal/render-graph.ts';

/** Nodes as `name: parent parent`, each with its name and one more line. */
const drawn = (...nodes: readonly string[]) =>
  renderGraph(
    nodes.map((node) => {
      const [id = '', parents = ''] = node.split(':');
      return { id, parents: parents.split(' ').filter(Boolean), lines: [id, `about ${id}`] };
    }),
  ).join('\n');

describe('a graph', () => {
  it('of one branch is one line', () => {
    expect(drawn('c: b', 'b: a', 'a:')).toBe('*  c\n|  about c\n*  b\n|  about b\n*  a\n   about a');
  });

  it('of a branch cut from another joins it where it was cut', () => {
    expect(drawn('c: a', 'b: a', 'a:')).toBe(
      ['*  c', '|  about c', '| *  b', '| |  about b', '|/', '*  a', '   about a'].join('\n'),
    );
  });

  it('goes over the lines between', () => {
    expect(drawn('e: b', 'd: c', 'x: b', 'c: b', 'b:')).toBe(
      [
        '*  e',
        '|  about e',
        '| *  d',
        '| |  about d',
        '| | *  x',
        '| | |  about x',
        '|_|/',
        '| *  c',
        '| |  about c',
        '|/',
        '*  b',
        '   about b',
      ].join('\n'),
    );
  });

  it('of a merge divides and joins again', () => {
    expect(drawn('m: b p', 'b: a', 'p: a', 'a:')).toBe(
      [
        '*  m',
        '|  about m',
        '|\\',
        '* |  b',
        '| |  about b',
        '| *  p',
        '| |  about p',
        '|/',
        '*  a',
        '   about a',
      ].join('\n'),
    );
  });

  it('of two beginnings lets the second move up when the first has ended', () => {
    expect(drawn('b:', 'a:')).toBe(['*  b', '   about b', '*  a', '   about a'].join('\n'));
    expect(drawn('c: b', 'z: y', 'b:', 'y:')).toBe(
      ['*  c', '|  about c', '| *  z', '| |  about z', '* |  b', '  |  about b', ' /', '*  y', '   about y'].join('\n'),
    );
  });

  it('that is cut off leaves its lines open', () => {
    expect(drawn('c: b', 'x: a')).toBe(['*  c', '|  about c', '| *  x', '| |  about x'].join('\n'));
  });

  it('paints what is drawn and no text', () => {
    const nodes = [{ id: 'a', parents: ['b'], lines: ['a|*', 'b'] }];
    expect(renderGraph(nodes, (text) => `<${text}>`)).toEqual(['<*>  a|*', '<|>  b']);
  });
});
