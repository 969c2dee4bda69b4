import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type GraphNode, layoutGraph, layoutLanes, NODE } from '../../../src/workspace/pages/graph-layout.ts';

/** Any steps, in any order, that say they come after any others, themselves and strangers too. */
const graphs = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 3 }), { maxLength: 12 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) =>
      fc.record({
        id: fc.constant(id),
        after: fc.array(fc.oneof(fc.constantFrom(...ids), fc.string()), { maxLength: 4 }),
      }),
    ),
  ),
);

function columns(nodes: readonly GraphNode[]): Record<string, number> {
  const { nodes: places } = layoutGraph(nodes);
  return Object.fromEntries([...places].map(([id, { x }]) => [id, x / (NODE.width + 56)]));
}

describe('the graph of a DAG run', () => {
  it('puts each step one layer after the last of those before it', () => {
    const nodes = [
      { id: 'publish', after: ['report', 'clean'] },
      { id: 'load', after: [] },
      { id: 'clean', after: ['load'] },
      { id: 'report', after: ['clean'] },
    ];
    assert.deepEqual(columns(nodes), { publish: 3, load: 0, clean: 1, report: 2 });
  });

  it('crosses no lines that need not cross', () => {
    const nodes = [
      { id: 'a', after: [] },
      { id: 'b', after: [] },
      { id: 'of-b', after: ['b'] },
      { id: 'of-a', after: ['a'] },
    ];
    const { nodes: places } = layoutGraph(nodes);
    const y = (id: string): number => places.get(id)?.y ?? -1;
    assert.equal(y('a') < y('b'), y('of-a') < y('of-b'));
  });

  it('draws any graph, circles too: every step once, none over another, lines forwards only', () => {
    fc.assert(
      fc.property(graphs, (nodes) => {
        const { nodes: places, edges, width, height } = layoutGraph(nodes);
        assert.deepEqual([...places.keys()].sort(), nodes.map(({ id }) => id).sort());
        assert.equal(new Set([...places.values()].map(({ x, y }) => `${x} ${y}`)).size, nodes.length);
        for (const { x, y } of places.values())
          assert.ok(x + NODE.width <= width && y + NODE.height <= height && x >= 0 && y >= 0);
        for (const edge of edges) {
          const [, from = '', to = ''] = /^M([\d.]+) .* ([\d.]+) [\d.]+$/.exec(edge) ?? [];
          assert.ok(Number(from) < Number(to), edge);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('stands in lanes of time when nothing is known of the order', () => {
    const { nodes, edges } = layoutLanes([['a', 'b'], ['c']]);
    assert.deepEqual(edges, []);
    assert.equal(nodes.get('a')?.x, nodes.get('b')?.x);
    assert.ok((nodes.get('c')?.x ?? 0) > (nodes.get('a')?.x ?? 0));
  });
});
