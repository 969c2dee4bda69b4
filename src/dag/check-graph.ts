import { didYouMean } from '../core/suggest.ts';
import { idProblem } from './task-options.ts';

/** A task as the graph sees it. */
export interface GraphNode {
  readonly id: string;
  readonly upstream: readonly string[];
}

/** A mistake in a graph; `node` is the position of the task in the list. */
export interface GraphProblem {
  readonly node: number;
  /** The upstream id that is wrong; absent when it is the task itself. */
  readonly upstream?: string;
  readonly message: string;
  readonly hint?: string;
}

/** Finds ids that break the rules, ids used twice, upstream tasks that do not exist, and cycles. Pure. */
export function findGraphProblems(nodes: readonly GraphNode[]): GraphProblem[] {
  const ids = nodes.map((node) => node.id);
  return [...nodes.flatMap((node, index) => nodeProblems(node, index, ids)), ...cycleProblems(nodes)];
}

/** The tasks in an order in which each stands behind its upstream tasks; stable. The graph must have no cycle. */
export function sortNodes<T extends GraphNode>(nodes: readonly T[]): T[] {
  const sorted: T[] = [];
  const done = new Set<string>();
  while (sorted.length < nodes.length) {
    const next = nodes.find((node) => !done.has(node.id) && node.upstream.every((id) => done.has(id)));
    if (next === undefined) return [...sorted, ...nodes.filter((node) => !done.has(node.id))];
    sorted.push(next);
    done.add(next.id);
  }
  return sorted;
}

function nodeProblems(node: GraphNode, index: number, ids: readonly string[]): GraphProblem[] {
  const id = JSON.stringify(node.id);
  const name = idProblem('task', node.id);
  const own = name === undefined ? [] : [{ node: index, message: name }];
  const twice =
    ids.indexOf(node.id) === index
      ? []
      : [
          {
            node: index,
            message: `The task id ${id} is used twice. Every task of a DAG needs an id of its own.`,
          },
        ];
  const unknown = node.upstream
    .filter((upstream) => !ids.includes(upstream))
    .map((upstream) => {
      const others = [...new Set(ids)].filter((other) => other !== node.id);
      const hint = didYouMean(upstream, others);
      const message = `Task ${id} comes after ${JSON.stringify(upstream)}, which does not exist. Tasks: ${others.join(', ') || 'no others'}.`;
      return { node: index, upstream, message, ...(hint === undefined ? {} : { hint }) };
    });
  return [...own, ...twice, ...unknown];
}

/** One problem for each group of tasks that wait for each other, with the shortest way round. */
function cycleProblems(nodes: readonly GraphNode[]): GraphProblem[] {
  const upstream = new Map(nodes.map((node) => [node.id, node.upstream]));
  const reported = new Set<string>();
  return nodes.flatMap((node, index) => {
    if (reported.has(node.id)) return [];
    const way = wayBack(node.id, upstream);
    if (way === undefined) return [];
    for (const id of way) reported.add(id);
    const circle = [...way].reverse().map((id) => JSON.stringify(id));
    const message =
      way.length === 2
        ? `Task ${circle[0]} comes after itself.`
        : `The tasks wait for each other in a circle: ${circle.join(' → ')}.`;
    return [{ node: index, upstream: way[1] ?? node.id, message }];
  });
}

/** The shortest way from a task over upstream tasks back to itself, both ends included. */
function wayBack(start: string, upstream: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const id of queue) {
    for (const next of upstream.get(id) ?? []) {
      if (next === start) return unwind(start, id, cameFrom);
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, id);
      queue.push(next);
    }
  }
  return undefined;
}

function unwind(start: string, last: string, cameFrom: ReadonlyMap<string, string>): string[] {
  const way = [start];
  for (let id: string | undefined = last; id !== undefined && id !== start; id = cameFrom.get(id))
    way.unshift(id);
  return [start, ...way];
}
