import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import { teamNameProblem } from '../core/names.ts';
import { dateProblem, timezoneProblem } from './calendar.ts';
import { type DagCallbacks, dagCallbacksShape } from './callback.ts';
import { scheduleProblem } from './schedule.ts';
import { paramProblem, refined, storableProblem } from './storable.ts';
import { type TaskDefaults, taskDefaultsShape } from './task-options.ts';

/** What a DAG may say about itself, with Airflow's meanings. The settings of tasks are defaults for its tasks. */
export interface DagOptions extends TaskDefaults, DagCallbacks {
  /** Cron in five fields, `@hourly`, `@daily`, `@weekly`, `@monthly`, `@quarterly`, `@yearly`, `@once`, or null: by hand only. @defaultValue null */
  readonly schedule?: string | null;
  /** `2026-01-01` or `2026-01-01T06:00`, in the DAG's time zone unless it carries its own. */
  readonly startDate?: string;
  /** No run is scheduled after it. */
  readonly endDate?: string;
  /** IANA name, as `Europe/Madrid`. @defaultValue `UTC` */
  readonly timezone?: string;
  /** Runs every interval since the start date that was missed. @defaultValue false */
  readonly catchup?: boolean;
  /** Words to find the DAG by; those of the form `key:value` also tag its clusters, costs and metrics. */
  readonly tags?: readonly string[];
  /** One line, shown in lists. */
  readonly description?: string;
  /** Markdown, or the path of a `.md` file beside the DAG file. */
  readonly doc?: string;
  /** @defaultValue 16, as in Airflow */
  readonly maxActiveRuns?: number;
  /** Fails a run that takes longer. @defaultValue no limit */
  readonly dagrunTimeoutSeconds?: number;
  /** Values that templates read as `{{ params.name }}`. */
  readonly params?: JsonObject;
  /** Team of the tasks that name none. */
  readonly team?: string;
  /** Shown by Airflow. @defaultValue the team */
  readonly owner?: string;
}

/** The keys of {@link DagOptions} as files write them. */
export const dagOptionsShape = {
  description: refined(z.string(), storableProblem).optional().describe('One line, shown in lists'),
  team: refined(z.string(), teamNameProblem).optional().describe('Team of the tasks that name none'),
  owner: refined(z.string().min(1).max(500), storableProblem)
    .optional()
    .describe('Shown by Airflow (default: the team)'),
  schedule: refined(z.string(), scheduleProblem)
    .nullable()
    .optional()
    .describe(
      'Cron in five fields, @hourly, @daily, @weekly, @monthly, @quarterly, @yearly, @once, or null: by hand only',
    ),
  start_date: refined(z.string(), dateProblem)
    .optional()
    .describe('2026-01-01 or 2026-01-01T06:00, in the time zone of the DAG'),
  end_date: refined(z.string(), dateProblem).optional().describe('No run is scheduled after it'),
  timezone: refined(z.string(), timezoneProblem)
    .optional()
    .describe('IANA name, as Europe/Madrid (default UTC)'),
  catchup: z.boolean().optional().describe('Runs every missed interval since the start date (default false)'),
  tags: z
    .array(refined(z.string().min(1).max(100), storableProblem))
    .optional()
    .describe(
      'Words to find the DAG by; those of the form key:value also tag its clusters, costs and metrics',
    ),
  doc: refined(z.string().min(1), storableProblem)
    .optional()
    .describe('Markdown, or the path of a .md file beside this file'),
  max_active_runs: z.int().positive().optional().describe('Runs at the same time (default 16)'),
  dagrun_timeout_seconds: z.int().positive().optional().describe('Fails a run that takes longer'),
  params: z
    .record(z.string(), z.json())
    .superRefine((params, context) => {
      for (const [name, value] of Object.entries(params)) {
        const message = storableProblem(name) ?? paramProblem(value);
        if (message !== undefined) context.addIssue({ code: 'custom', message, path: [name] });
      }
    })
    .optional()
    .describe('Values that templates read as {{ params.name }}'),
  ...dagCallbacksShape,
  ...taskDefaultsShape,
};
