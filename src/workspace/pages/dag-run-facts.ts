import { printableLine } from '../../core/printable.ts';
import { tagValue } from '../../core/tags.ts';
import { environmentVariables } from '../compute/clusters.ts';
import { requestOf, tasksOf } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import type { DagRunKey } from './dag-runs.ts';
import { layoutGraph, layoutLanes, NODE } from './graph-layout.ts';
import { dagUrl } from './page-urls.ts';
import type { LabelledRun } from './run-search.ts';
import { stateOfRun } from './run-state-words.ts';
import { durationWords, type StateWords, shortWords, timeWords } from './words.ts';

/** A task of a DAG run: its runs so far, the last of which counts. */
interface Step {
  readonly task: string;
  readonly run: LabelledRun;
  readonly attempts: number;
  readonly state: StateWords;
  /** The tasks that it says it comes after; undefined when it says nothing of that. */
  readonly after: readonly string[] | undefined;
}

/** Larger graphs are shown as their list only. */
const MAX_DRAWN = 400;
const NAME_LENGTH = 22;
/** Wider graphs are not made smaller to fit: nobody could read them. In pixels. */
const WIDEST_FITTED = 1_800;

/** Everything that the page of a DAG run says. `now`: epoch milliseconds. */
export function dagRunFacts(
  db: Database,
  key: DagRunKey,
  tasks: ReadonlyMap<string, readonly LabelledRun[]>,
  now: number,
) {
  const steps = [...tasks].flatMap(([task, runs]) => stepOf(db, task, runs));
  const all = [...tasks.values()].flat();
  const started = Math.min(...all.map((run) => run.submitted));
  const isOver = steps.every(({ run }) => run.ended !== null);
  const ended = isOver ? Math.max(...steps.map(({ run }) => run.ended ?? now)) : now;
  const text = (value: string | null | undefined): string => printableLine(value ?? '');
  return {
    ...summaryOf(steps.map((step) => step.state)),
    isOver,
    hasFailed: steps.some(({ state }) => state.tone === 'bad'),
    dag: text(key.dag),
    dagUrl: dagUrl(key.dag),
    dagRun: text(key.dagRun),
    team: text(steps[0]?.run.tag_team),
    environment: text(key.environment),
    isProduction: key.environment === 'prod',
    started: timeWords(started),
    duration: durationWords(ended - started),
    ...drawing(steps),
    rows: steps.map((step) => rowOf(step, now)),
  };
}

/**
 * The states of a DAG run's tasks as one: what is going decides, then what went wrong. Failed tasks are counted, and not
 * called a failed DAG run: whether it is one depends on tries to come and on tasks that only its scheduler knows.
 */
export function summaryOf(states: readonly StateWords[]): StateWords {
  const failed = states.filter(({ tone }) => tone === 'bad').length;
  if (failed > 0 && states.every(({ tone }) => tone !== 'busy'))
    return { words: failed === 1 ? '1 task failed' : `${failed} tasks failed`, tone: 'bad' };
  const order = ['busy', 'bad', 'calm', 'good'];
  const first = order.map((tone) => states.find((state) => state.tone === tone)).find(Boolean);
  return first ?? { words: 'Ended', tone: 'calm' };
}

function stepOf(db: Database, task: string, runs: readonly LabelledRun[]): Step[] {
  const run = runs.at(-1);
  if (run === undefined) return [];
  const first = tasksOf(db, run.run_id)[0];
  const said =
    first === undefined
      ? undefined
      : environmentVariables(requestOf(first).evaluated.spec).HERMES_UPSTREAM_TASKS;
  const after = said?.split(',').filter((id) => id !== '');
  return [
    {
      task,
      run,
      attempts: runs.length,
      state: stateOfRun(db, run),
      after: after?.map((id) => tagValue('task', id)),
    },
  ];
}

function rowOf({ task, run, attempts, state }: Step, now: number) {
  return {
    ...state,
    id: String(run.run_id),
    task: printableLine(task),
    url: `/jobs/${run.job_id}/runs/${run.run_id}`,
    attempts: attempts > 1 ? attempts : undefined,
    version: printableLine(run.tag_version ?? ''),
    started: timeWords(run.submitted),
    duration: durationWords((run.ended ?? now) - run.submitted),
  };
}

/** The graph, drawn from what the tasks say they come after, or by the order of time when none says it. */
function drawing(steps: readonly Step[]) {
  const absent = namedOnly(steps);
  if (steps.length + absent.length > MAX_DRAWN) return {};
  const knowsOrder = steps.some((step) => step.after !== undefined);
  const layout = knowsOrder
    ? layoutGraph([
        ...absent.map((id) => ({ id, after: [] })),
        ...steps.map(({ task, after = [] }) => ({ id: task, after })),
      ])
    : layoutLanes(lanesByTime(steps));
  return {
    graph: {
      width: layout.width,
      height: layout.height,
      edges: layout.edges,
      nodes: steps.map((step) => ({ ...layout.nodes.get(step.task), ...NODE, ...nodeOf(step) })),
      absent: absent.map((task) => ({ ...layout.nodes.get(task), ...NODE, ...namesOf(task) })),
      knowsOrder,
      fits: layout.width < WIDEST_FITTED,
    },
  };
}

function nodeOf({ task, run, attempts, state }: Step) {
  const took = run.ended === null ? '' : ` · ${durationWords(run.ended - run.submitted)}`;
  const { name, whole } = namesOf(task);
  return {
    id: String(run.run_id),
    url: `/jobs/${run.job_id}/runs/${run.run_id}`,
    tone: state.tone,
    name,
    whole: `${whole}: ${state.words}${attempts > 1 ? `, attempt ${attempts}` : ''}`,
    line: `${shortWords(state)}${took}`,
  };
}

/** The name of a task as it fits into its box, and whole. */
function namesOf(task: string) {
  const whole = printableLine(task);
  return { name: whole.length > NAME_LENGTH ? `${whole.slice(0, NAME_LENGTH - 1)}…` : whole, whole };
}

/** Tasks that others come after, and that submitted nothing themselves. */
function namedOnly(steps: readonly Step[]): readonly string[] {
  const known = new Set(steps.map(({ task }) => task));
  return [...new Set(steps.flatMap(({ after = [] }) => after))].filter((id) => !known.has(id));
}

/** A task begins a lane when every task of the lane before it had ended by then. */
function lanesByTime(steps: readonly Step[]): string[][] {
  const lanes: Step[][] = [];
  for (const step of [...steps].sort((a, b) => a.run.submitted - b.run.submitted)) {
    const last = lanes.at(-1);
    const isLater = last?.every(({ run }) => run.ended !== null && run.ended <= step.run.submitted) ?? true;
    if (isLater) lanes.push([step]);
    else last?.push(step);
  }
  return lanes.map((lane) => lane.map(({ task }) => task));
}
