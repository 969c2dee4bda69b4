import type { Clock } from '../../core/clock.ts';
import { activeRuns, type RunRecord, requestOf, type TaskRecord, tasksOf } from '../jobs/runs.ts';
import type { Database } from '../state/database.ts';
import { isObject } from '../wire/fields.ts';
import { fitsPattern } from './pattern.ts';
import type { RunRule } from './run-rule.ts';
import { isTurn } from './turns.ts';

/** Which rule speaks of which run. Counts from the start of the server, in the order in which runs were made. */
export interface Stage {
  readonly db: Database;
  readonly clock: Clock;
  /** The first rule that speaks of a task. */
  ruleOf(run: RunRecord, task: TaskRecord): RunRule | undefined;
  /** Every rule that speaks of a run, whatever of its tasks. */
  rulesOf(run: RunRecord): readonly RunRule[];
}

export function createStage(rules: readonly RunRule[], db: Database, clock: Clock): Stage {
  const known = new Map<bigint, readonly RunRule[]>();
  const counts = new Map<RunRule, number>();
  const see = (run: RunRecord): void => {
    if (known.has(run.run_id)) return;
    const tasks = tasksOf(db, run.run_id);
    const spoken = rules.filter((rule) => {
      if (!fitsRun(rule, run, tasks)) return false;
      const count = (counts.get(rule) ?? 0) + 1;
      counts.set(rule, count);
      return isTurn(rule, count);
    });
    known.set(run.run_id, spoken);
  };
  const rulesOf = (run: RunRecord): readonly RunRule[] => {
    if (!known.has(run.run_id)) {
      for (const active of activeRuns(db)) if (active.run_id <= run.run_id) see(active);
      see(run);
    }
    return known.get(run.run_id) ?? [];
  };
  return {
    db,
    clock,
    rulesOf,
    ruleOf: (run, task) =>
      rulesOf(run).find(
        (rule) =>
          fits(task.task_key, rule.task) && (rule.attempt === undefined || rule.attempt === task.attempt),
      ),
  };
}

function fitsRun(rule: RunRule, run: RunRecord, tasks: readonly TaskRecord[]): boolean {
  const wanted = Object.entries(rule.tags);
  if (!fits(run.name, rule.name)) return false;
  return wanted.length === 0 || tasks.some((task) => hasTags(task, wanted));
}

function hasTags(task: TaskRecord, wanted: readonly (readonly [string, string])[]): boolean {
  const tags = requestOf(task).evaluated.spec.custom_tags;
  return wanted.every(([name, value]) => isObject(tags) && fits(String(tags[name] ?? ''), value));
}

function fits(text: string, pattern: string | undefined): boolean {
  return pattern === undefined || fitsPattern(text, pattern);
}
