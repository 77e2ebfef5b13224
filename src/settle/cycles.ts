/** Groups of nodes that lead to each other, and nodes that lead to themselves; iterative (Tarjan). Sorted, each and all. */
export function cycles(edges: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const open: string[] = [];
  const isOpen = new Set<string>();
  const found: string[][] = [];
  for (const root of [...edges.keys()].sort()) {
    if (index.has(root)) continue;
    const stack = [{ node: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const { node } = top;
      if (top.next === 0) {
        index.set(node, index.size);
        low.set(node, index.get(node)!);
        open.push(node);
        isOpen.add(node);
      }
      const to = edges.get(node)?.[top.next++];
      if (to !== undefined) {
        if (!index.has(to)) stack.push({ node: to, next: 0 });
        else if (isOpen.has(to)) low.set(node, Math.min(low.get(node)!, index.get(to)!));
        continue;
      }
      stack.pop();
      const outer = stack.at(-1);
      if (outer) low.set(outer.node, Math.min(low.get(outer.node)!, low.get(node)!));
      if (low.get(node) !== index.get(node)) continue;
      const group = open.splice(open.lastIndexOf(node));
      for (const each of group) isOpen.delete(each);
      if (group.length > 1 || edges.get(node)?.includes(node)) found.push(group.sort());
    }
  }
  return found.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
}
