/** One version of a graph: who it is, what it was made from, and what is said beside it. */
export interface GraphNode {
  readonly id: string;
  readonly parents: readonly string[];
  readonly lines: readonly string[];
}

/**
 * Lines of descent drawn beside texts, as `git log --graph` does: a `*` for each node, a `|` for every line that goes on.
 * Children stand before their parents. `paint` colours what is drawn and nothing else.
 */
export function renderGraph(
  nodes: readonly GraphNode[],
  paint: (drawn: string) => string = (drawn) => drawn,
): string[] {
  /** Of each line of descent, the node that it leads to next. */
  const lanes: string[] = [];
  const out: string[] = [];
  const draw = (drawn: string, text = '') => {
    const lanesDrawn = drawn.trimEnd();
    const space = ' '.repeat(drawn.length - lanesDrawn.length + 2);
    out.push(paint(lanesDrawn) + (text === '' ? '' : space + text));
  };

  for (const { id, parents, lines } of nodes) {
    let at = lanes.indexOf(id);
    if (at < 0) at = lanes.push(id) - 1;
    draw(lanes.map((_, lane) => (lane === at ? '*' : '|')).join(' '), lines[0]);
    const [first, ...others] = parents;
    for (const line of lines.slice(1))
      draw(lanes.map((_, lane) => (lane === at && first === undefined ? ' ' : '|')).join(' '), line);
    if (first === undefined) {
      if (at < lanes.length - 1) draw(moved(lanes.length, at));
      lanes.splice(at, 1);
      continue;
    }
    lanes[at] = first;
    for (const other of others) {
      draw(lanes.map((_, lane) => (lane === at ? '|\\' : lane > at ? ' \\' : '| ')).join(''));
      lanes.splice(at + 1, 0, other);
    }
    for (let lane = joined(lanes); lane !== null; lane = joined(lanes)) {
      draw(joint(lanes.length, lanes.indexOf(lanes[lane]!), lane));
      lanes.splice(lane, 1);
    }
  }
  return out;
}

/** The first lane that leads where one to the left of it leads already. */
function joined(lanes: readonly string[]): number | null {
  const found = lanes.findIndex((id, lane) => lanes.indexOf(id) < lane);
  return found < 0 ? null : found;
}

/** `|/`, over other lanes `|_|/`; those to the right move along. */
const joint = (count: number, into: number, from: number): string =>
  Array.from({ length: from }, (_, lane) => (lane === from - 1 ? '|/' : lane >= into ? '|_' : '| ')).join('') +
  ' /'.repeat(count - from - 1);

/** A lane that ended: those to the right of it move one place to the left. */
const moved = (count: number, ended: number): string => `${'| '.repeat(ended)} ${'/ '.repeat(count - ended - 1)}`;
