import { z } from 'zod';
import type { Turns } from './turns.ts';

const OUTCOMES = [
  'success',
  'failure',
  'timeout',
  'internal_error',
  'cluster_failure',
  'library_failure',
  'driver_killed',
] as const;
type StagedOutcome = (typeof OUTCOMES)[number];

/** How the tasks of certain runs go. Times are milliseconds of the workspace's clock. */
export interface RunRule extends Turns {
  /** Patterns. */
  readonly name?: string;
  readonly task?: string;
  /** Of `custom_tags`: name → pattern of the value. */
  readonly tags: Readonly<Record<string, string>>;
  /** Attempts of a task count from 0. */
  readonly attempt?: number;
  readonly queueMs: number;
  readonly clusterMs: number;
  readonly runMs: number;
  /** Absent: the task is really run. */
  readonly outcome?: StagedOutcome;
  readonly error?: string;
  readonly errorTrace?: string;
  readonly message?: string;
  readonly log?: string;
  readonly shown?: ShownFor;
}

/** What the first replies of `runs/get` say instead. */
export interface ShownFor {
  readonly polls: number;
  /** Names of fields that are left out, wherever they stand. */
  readonly without: readonly string[];
  readonly lifeCycleState?: string;
}

export const pattern = z.string().min(1);
export const seconds = z.number().min(0).max(86_400_000);
export const turnKeys = {
  nth: z.union([z.int().min(1), z.array(z.int().min(1)).min(1)]).optional(),
  first: z.int().min(1).optional(),
};
const EFFECTS = ['queue_seconds', 'cluster_seconds', 'outcome', 'shown'] as const;
const OF_OUTCOME = ['run_seconds', 'error', 'error_trace', 'message', 'log'] as const;

const fields = z.strictObject({
  name: pattern.optional(),
  task: pattern.optional(),
  tags: z.record(z.string(), pattern).default({}),
  attempt: z.int().min(0).optional(),
  ...turnKeys,
  queue_seconds: seconds.optional(),
  cluster_seconds: seconds.optional(),
  run_seconds: seconds.optional(),
  outcome: z.enum(OUTCOMES).optional(),
  error: z.string().optional(),
  error_trace: z.string().optional(),
  message: z.string().optional(),
  log: z.string().optional(),
  shown: z
    .strictObject({
      polls: z.int().min(1),
      without: z.array(z.string().min(1)).default([]),
      life_cycle_state: z.string().min(1).optional(),
    })
    .optional(),
});

/** A rule for runs, as the file writes it. */
export const runRuleSchema = fields
  .superRefine((rule, context) => {
    if (EFFECTS.every((key) => rule[key] === undefined))
      context.addIssue({ code: 'custom', message: `it changes nothing: give one of ${EFFECTS.join(', ')}.` });
    if (rule.outcome !== undefined) return;
    for (const key of OF_OUTCOME.filter((name) => rule[name] !== undefined))
      context.addIssue({
        code: 'custom',
        path: [key],
        message: 'it says how an outcome looks: give outcome too.',
      });
  })
  .transform(
    ({ nth, queue_seconds, cluster_seconds, run_seconds, error_trace, shown, ...rest }): RunRule => ({
      ...(rest as Partial<RunRule>),
      tags: rest.tags,
      ...turnsOf(nth),
      queueMs: milliseconds(queue_seconds),
      clusterMs: milliseconds(cluster_seconds),
      runMs: milliseconds(run_seconds),
      ...(error_trace === undefined ? {} : { errorTrace: error_trace }),
      ...(shown === undefined ? {} : { shown: shownFor(shown) }),
    }),
  );

/** `nth` as the file writes it, one number or several. */
export function turnsOf(nth: number | readonly number[] | undefined): Pick<Turns, 'nth'> {
  if (nth === undefined) return {};
  return { nth: typeof nth === 'number' ? [nth] : nth };
}

export function milliseconds(given: number | undefined): number {
  return Math.round((given ?? 0) * 1_000);
}

function shownFor({
  polls,
  without,
  life_cycle_state,
}: {
  polls: number;
  without: string[];
  life_cycle_state?: string | undefined;
}): ShownFor {
  return { polls, without, ...(life_cycle_state === undefined ? {} : { lifeCycleState: life_cycle_state }) };
}
