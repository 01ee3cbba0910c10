interface Node {
  readonly name: string;
  readonly needs: readonly string[];
}

/**
 * Runs `work` for every node as soon as the nodes it needs are done, independent ones side by side. Needs outside the
 * given nodes count as done. The first failure is thrown at once; what is running then is left to the caller's scope.
 */
export async function inDependencyOrder<N extends Node, T>(
  nodes: readonly N[],
  work: (node: N) => Promise<T>,
): Promise<Map<string, T>> {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const started = new Map<string, Promise<T>>();
  const start = (node: N): Promise<T> => {
    const running = started.get(node.name) ?? afterNeeds(node);
    started.set(node.name, running);
    return running;
  };
  const afterNeeds = async (node: N): Promise<T> => {
    await Promise.all(node.needs.flatMap((need) => byName.get(need) ?? []).map(start));
    return work(node);
  };
  const results = await Promise.all(nodes.map(async (node) => [node.name, await start(node)] as const));
  return new Map(results);
}
