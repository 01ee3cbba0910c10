/** What `node --cpu-prof` writes. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the clock that `process.hrtime` reads. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/**
 * Samples by who is answerable: the nearest caller that is a file of ours or a package, else what Node did by itself. Those
 * between two moments of `process.hrtime`, in microseconds; the thread's idle ones are left out.
 */
export function samplesByOwner(
  { nodes, startTime, samples, timeDeltas }: CpuProfile,
  checkout: string,
  [fromUs, toUs]: readonly [number, number],
): Map<string, number> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parent = new Map(nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id] as const)));
  const owner = (leaf: number): string => {
    for (let at: number | undefined = leaf; at !== undefined; at = parent.get(at)) {
      const name = ownerOf(byId.get(at)!, checkout);
      if (name !== null) return name;
    }
    const { functionName, url } = byId.get(leaf)!.callFrame;
    return url === '' ? functionName : `node: ${url.replace(/^node:/, '')}`;
  };
  const known = new Map<number, string>();
  const counts = new Map<string, number>();
  let atUs = startTime;
  for (const [index, id] of samples.entries()) {
    atUs += timeDeltas[index]!;
    if (atUs < fromUs || atUs > toUs) continue;
    const name = known.get(id) ?? owner(id);
    known.set(id, name);
    if (name !== '(idle)') counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function ownerOf({ callFrame: { url } }: ProfileNode, checkout: string): string | null {
  const name = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (name !== undefined) return name;
  if (url.includes('internal/deps/undici')) return 'node: fetch';
  const at = url.indexOf(checkout);
  return at === -1 ? null : url.slice(at + checkout.length);
}
