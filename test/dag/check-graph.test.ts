import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findGraphProblems, type GraphNode, sortNodes } from '../../src/dag/check-graph.ts';

const node = (id: string, ...upstream: string[]): GraphNode => ({ id, upstream });
const messages = (nodes: readonly GraphNode[]): string[] =>
  findGraphProblems(nodes).map(({ message, hint }) => [message, hint].filter(Boolean).join(' '));

describe('a graph of tasks', () => {
  it('shows the way round a circle, in the order in which the tasks would run', () => {
    assert.deepEqual(messages([node('a', 'c'), node('b', 'a'), node('c', 'b'), node('d', 'c')]), [
      'The tasks wait for each other in a circle: "a" → "b" → "c" → "a".',
    ]);
    assert.deepEqual(messages([node('a', 'a')]), ['Task "a" comes after itself.']);
  });

  it('names the tasks that there are when one does not exist', () => {
    assert.deepEqual(messages([node('clean'), node('report', 'claen'), node('x', 'nothing_like_it')]), [
      'Task "report" comes after "claen", which does not exist. Tasks: clean, x. Did you mean clean?',
      'Task "x" comes after "nothing_like_it", which does not exist. Tasks: clean, report.',
    ]);
  });

  it('refuses ids that are used twice, taken, or not allowed', () => {
    assert.deepEqual(
      messages([
        node('a'),
        node('a'),
        node('resolve_artifacts'),
        node("a']"),
        node('x'.repeat(251)),
        node('..'),
        node('__proto__'),
      ]),
      [
        'The task id "a" is used twice. Every task of a DAG needs an id of its own.',
        'The task id "resolve_artifacts" is taken: Hermes gives it to the task that resolves versions.',
        'The task id "a\']" is not allowed: letters, digits, "_", "-" and "." only, the last two not in front.',
        'The task id has 251 characters; at most 247.',
        'The task id ".." is not allowed: letters, digits, "_", "-" and "." only, the last two not in front.',
        'The task id "__proto__" is taken by JavaScript.',
      ],
    );
  });

  it('is refused for a circle exactly when its tasks have no order', () => {
    const graphs = fc
      .array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 1, maxLength: 8 })
      .map((rows) => rows.map((row, index) => node(`t${index}`, ...row.map((to) => `t${to % rows.length}`))));
    fc.assert(
      fc.property(graphs, (nodes) => {
        const sorted = sortNodes(nodes).map(({ id }) => id);
        const isOrdered = nodes.every(({ id, upstream }) =>
          upstream.every((before) => sorted.indexOf(before) < sorted.indexOf(id)),
        );
        assert.equal(isOrdered, findGraphProblems(nodes).length === 0);
      }),
    );
  });
});
