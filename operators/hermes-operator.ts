import { z } from 'zod';
import type { ArtifactRequest } from '../src/core/artifact-request.ts';
import { ConfigError } from '../src/core/errors.ts';
import { camelCase, renameKeys, snakeCase } from '../src/core/letter-case.ts';
import { findValueProblems, type ValueProblem } from '../src/core/schema-problems.ts';
import { type PlanContext, Task, type TaskPlan } from '../src/dag/task.ts';
import { taskOptionsShape } from '../src/dag/task-options.ts';
import type { TaskTables } from '../src/dag/task-tables.ts';
import { type HermesOptions, type HermesSettings, hermesOptionsSchema } from './hermes-options.ts';
import { SERVICE_TAG, submitBody } from './hermes-submit.ts';
import { declaredTables, undeclaredTables } from './table-list.ts';

export type { HermesOptions } from './hermes-options.ts';

const schema = hermesOptionsSchema.extend({
  task_id: z.string(),
  depends_on: z.array(z.string()).optional(),
  ...taskOptionsShape,
});

/**
 * Runs a published script of a team on a job cluster of its own: hides policy, access list, tags and versions.
 * `plan()` answers the request that Airflow, or the engine on this machine, sends to Databricks.
 */
export class HermesOperator extends Task {
  readonly operatorName = 'HermesOperator';
  readonly #options: HermesOptions;
  readonly #tables: TaskTables;

  constructor(options: HermesOptions) {
    super(options);
    this.#options = options;
    this.#tables = declaredTables(options);
  }

  override get tables(): TaskTables {
    return this.#tables;
  }

  override get dagTags(): readonly string[] {
    return [`${SERVICE_TAG.key}:${SERVICE_TAG.value}`];
  }

  override check(context: PlanContext): readonly ValueProblem[] {
    const found = findValueProblems(schema, this.#written(), {
      shownKey: camelCase,
      shownPath: (path) => [this.taskId, ...path.map((key) => camelCase(String(key)))].join('.'),
      kindOfKey: () => `an option of ${this.operatorName}`,
    });
    const tables = found.length > 0 ? [] : undeclaredTables(this.taskId, this.#options);
    return [...found, ...tables, ...(this.#team(context) === undefined ? [this.#teamProblem()] : [])];
  }

  /** @throws ConfigError `HERMES_OPERATOR_OPTIONS` with every mistake that {@link check} finds */
  override plan(context: PlanContext): TaskPlan {
    const problems = this.check(context);
    const team = this.#team(context);
    if (problems.length > 0 || team === undefined) {
      const list = problems.map(({ message, hint }) => [message, hint].filter(Boolean).join(' ')).join('\n');
      throw new ConfigError(`Cannot plan task ${this.taskId}: ${list}`, { code: 'HERMES_OPERATOR_OPTIONS' });
    }
    const settings: HermesSettings = schema.parse(this.#written());
    const { dagId, writtenBefore = new Set() } = context;
    return {
      taskId: this.taskId,
      team,
      artifacts: artifactRequest(team, settings),
      submit: submitBody({ dagId, taskId: this.taskId, team, settings, writtenBefore }),
    };
  }

  #team(context: PlanContext): string | undefined {
    return this.#options.team ?? context.team;
  }

  #teamProblem(): ValueProblem {
    const message = `Task ${JSON.stringify(this.taskId)} has no team. Set team for the DAG, or for the task.`;
    return { path: [], part: 'key', message };
  }

  #written(): Record<string, unknown> {
    return renameKeys(this.#options, snakeCase);
  }
}

function artifactRequest(team: string, settings: HermesSettings): ArtifactRequest {
  const { project_name, script_name, script_version, library_version } = settings;
  return {
    team,
    project: project_name,
    script: script_name ?? project_name,
    scriptVersion: script_version ?? 'latest',
    ...(library_version === undefined ? {} : { libraryVersion: library_version }),
  };
}
