import { z } from 'zod';
import { camelCase, renameKeys, snakeCase } from '../core/letter-case.ts';
import type { Problem } from '../core/problems.ts';
import { findValueProblems } from '../core/schema-problems.ts';
import { instantOf } from './calendar.ts';
import { findGraphProblems } from './check-graph.ts';
import { findTableOrderProblems } from './check-tables.ts';
import { findIdClashes, findTagProblems } from './check-tags.ts';
import type { Dag } from './dag.ts';
import { dagOptionsSchema } from './dag-file-schema.ts';
import type { DagOptions } from './dag-options.ts';
import { idProblem } from './task-options.ts';

type Shown = (path: string) => string;
type Found = Pick<Problem, 'message' | 'hint'>;

/**
 * Every mistake of a DAG that was built in TypeScript, at the line that created the DAG or the task. Pure.
 * `file` is named where a place is unknown; `shown` turns absolute paths into what the user would type.
 */
export function checkDag(dag: Dag, file: string, shown: Shown = (path) => path): Problem[] {
  const at = (place: { file: string; line: number; column: number } | undefined, found: Found): Problem => ({
    file: place === undefined ? file : shown(place.file),
    ...(place === undefined ? {} : { line: place.line, column: place.column }),
    message: found.message,
    ...(found.hint === undefined ? {} : { hint: found.hint }),
  });
  const nodes = dag.tasks.map((task) => ({
    id: typeof task.taskId === 'string' ? task.taskId : '',
    upstream: [...task.upstream].map(String),
  }));
  return [
    ...dagProblems(dag).map((found) => at(dag.place, found)),
    ...findIdClashes(
      'task',
      nodes.map(({ id }) => id),
    ).map((found) => at(dag.tasks[found.index]?.place, found)),
    ...findGraphProblems(nodes).map((found) => at(dag.tasks[found.node]?.place, found)),
    ...findTableOrderProblems(dag.tasks).map(({ node, message, after }) =>
      at(dag.tasks[node]?.place, { message, hint: `Add dependsOn: ['${after}'].` }),
    ),
    ...dag.tasks.flatMap((task) => task.check(dag.contextOf(task)).map((found) => at(task.place, found))),
  ];
}

function dagProblems(dag: Dag): Found[] {
  const words = { shownKey: camelCase, kindOfKey: () => 'an option of Dag' };
  const options = findValueProblems(dagOptionsSchema, renameKeys(dag.options ?? {}, snakeCase), words);
  const tags = z.array(z.string()).safeParse(dag.options?.tags ?? []);
  const id = typeof dag.dagId === 'string' ? idProblem('DAG', dag.dagId) : 'The DAG id must be a text.';
  return [
    ...(id === undefined ? [] : [{ message: id }]),
    ...(dag.tasks.length > 0 ? [] : [{ message: emptyDag(dag.dagId) }]),
    ...options,
    ...(options.length > 0 ? [] : findTimingProblems(dag.options)),
    ...(tags.success ? findTagProblems(tags.data) : []),
  ];
}

/** The sentence for a DAG without tasks. */
export function emptyDag(dagId: unknown): string {
  return `DAG ${JSON.stringify(dagId)} has no tasks. In TypeScript they are created inside the callback of new Dag.`;
}

/** A mistake of a DAG's times, at the key where it shows. */
interface TimingProblem {
  readonly key: 'catchup' | 'end_date';
  readonly message: string;
}

/** What no single key can say: dates in the wrong order, or missing. */
export function findTimingProblems(options: DagOptions): TimingProblem[] {
  const { startDate, endDate, timezone = 'UTC', catchup, schedule } = options;
  if (startDate === undefined && catchup === true && typeof schedule === 'string')
    return [
      {
        key: 'catchup',
        message: 'catchup runs what was missed since the start date, and there is none: set one.',
      },
    ];
  if (startDate === undefined || endDate === undefined) return [];
  return instantOf(endDate, timezone) >= instantOf(startDate, timezone)
    ? []
    : [{ key: 'end_date', message: `The DAG ends (${endDate}) before it starts (${startDate}).` }];
}
