import type { z } from 'zod';
import { ConfigError } from '../src/core/errors.ts';
import type { ValueProblem } from '../src/core/schema-problems.ts';
import { SERVICE_TAG, tagLine } from '../src/core/tags.ts';
import { type PlanContext, Task, type TaskOptions, type TaskPlan } from '../src/dag/task.ts';
import { noTables, type TaskTables } from '../src/dag/task-tables.ts';
import { taskTags } from '../src/telemetry/task-tags.ts';
import { completeSubmit } from './complete-submit.ts';
import { pinned, teamVariable, userText } from './jinja-text.ts';
import type { OperatorDefinition, OperatorPlan, OperatorTables } from './operator-definition.ts';
import type { OperatorReader } from './operator-schema.ts';
import { explainFailure, planProblem } from './plan-problem.ts';
import { type RouteFacts, tableRoute } from './table-route.ts';

type Definition = OperatorDefinition<z.ZodRawShape>;
type Settings = z.output<z.ZodObject<z.ZodRawShape>>;

interface OwnOptions extends TaskOptions {
  readonly team?: string;
}

/** What is known of a task without its DAG. */
interface Reading {
  readonly problems: readonly ValueProblem[];
  readonly settings?: Settings;
  readonly tables: OperatorTables;
}

/** A task of an operator that was made by `defineOperator`. */
export class DefinedTask extends Task {
  readonly #own: OwnOptions;
  readonly #definition: Definition;
  readonly #reader: OperatorReader;
  #known: Reading | undefined;

  constructor(options: OwnOptions, definition: Definition, reader: OperatorReader) {
    super(options);
    this.#own = options;
    this.#definition = definition;
    this.#reader = reader;
  }

  override get operatorName(): string {
    return this.#reader.operatorName;
  }

  override get dagTags(): readonly string[] {
    return [tagLine(SERVICE_TAG)];
  }

  override get tables(): TaskTables {
    return this.#read().tables;
  }

  override check(context: PlanContext): readonly ValueProblem[] {
    const problems = this.#mistakes(context);
    // A DAG without an id has a problem of its own.
    if (problems.length > 0 || typeof context.dagId !== 'string') return problems;
    try {
      this.plan(context);
      return [];
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return [{ path: [], part: 'key', message: error.message }];
    }
  }

  /**
   * @throws ConfigError `HERMES_OPERATOR_OPTIONS` with every mistake in the options, `HERMES_OPERATOR_PLAN` when the
   *   operator itself fails or plans what cannot be submitted
   */
  override plan(context: PlanContext): TaskPlan {
    const problems = this.#mistakes(context);
    const { settings } = this.#read();
    const team = this.#team(context);
    if (problems.length > 0 || settings === undefined || team === undefined) {
      const list = problems.map(({ message, hint }) => [message, hint].filter(Boolean).join(' ')).join('\n');
      throw new ConfigError(`Cannot plan task ${this.taskId}: ${list}`, { code: 'HERMES_OPERATOR_OPTIONS' });
    }
    return this.#taskPlan(settings, team, context);
  }

  override draft(context: PlanContext): TaskPlan | undefined {
    const { settings } = this.#read();
    const team = this.#team(context);
    if (settings === undefined || team === undefined) return undefined;
    try {
      return this.#taskPlan(settings, team, context);
    } catch (error) {
      if (error instanceof ConfigError) return undefined;
      throw error;
    }
  }

  #taskPlan(settings: Settings, team: string, context: PlanContext): TaskPlan {
    const route = this.#route(team, context);
    const planned = this.#planned(settings, team, context, route);
    const { dagId, tags: dagTags = [] } = context;
    const project = planned.project ?? planned.artifacts?.project;
    const facts = {
      dagId,
      taskId: this.taskId,
      team,
      dagTags,
      ...(project === undefined ? {} : { project }),
    };
    const tags = taskTags(facts);
    return {
      taskId: this.taskId,
      team,
      tags,
      ...(planned.artifacts === undefined ? {} : { artifacts: { team, ...planned.artifacts } }),
      submit: completeSubmit(planned, { ...facts, tags, route }),
    };
  }

  #planned(options: Settings, team: string, { dagId }: PlanContext, route: RouteFacts): OperatorPlan {
    const { taskId } = this;
    const plan = explainFailure(this, () =>
      this.#definition.plan({
        dagId,
        taskId,
        team,
        options,
        pinned,
        variable: (field) => teamVariable(team, field),
        text: userText,
        table: (name) => tableRoute(name, route),
      }),
    );
    const problem = planProblem(plan);
    if (problem === undefined) return plan;
    throw new ConfigError(`Cannot plan task ${taskId}: ${this.operatorName} planned ${problem}`, {
      code: 'HERMES_OPERATOR_PLAN',
      nextStep: 'Correct plan() of the operator.',
    });
  }

  #mistakes(context: PlanContext): readonly ValueProblem[] {
    const { problems } = this.#read();
    return this.#team(context) === undefined ? [...problems, this.#teamProblem()] : problems;
  }

  /** Options do not change: they are read once. */
  #read(): Reading {
    this.#known ??= this.#readOptions();
    return this.#known;
  }

  #readOptions(): Reading {
    const { taskId } = this;
    const { problems, settings } = this.#reader.read(taskId, this.#own);
    if (settings === undefined) return { problems, tables: noTables };
    try {
      const found = explainFailure(this, () => this.#definition.check?.(settings, { taskId })) ?? [];
      const tables = explainFailure(this, () => this.#definition.tables?.(settings)) ?? noTables;
      const own = found.map(({ path = [], ...rest }): ValueProblem => ({ part: 'value', path, ...rest }));
      return { problems: own, settings, tables };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      return { problems: [{ path: [], part: 'key', message: error.message }], tables: noTables };
    }
  }

  #route(team: string, { writtenBefore = new Set() }: PlanContext): RouteFacts {
    const { inputs, outputs, useDataSharing = true } = this.#read().tables;
    return {
      team,
      settings: { inputs: [...inputs], outputs: [...outputs], use_data_sharing: useDataSharing },
      writtenBefore,
    };
  }

  #team(context: PlanContext): string | undefined {
    return this.#own.team ?? context.team;
  }

  #teamProblem(): ValueProblem {
    const message = `Task ${JSON.stringify(this.taskId)} has no team. Set team for the DAG, or for the task.`;
    return { path: [], part: 'key', message };
  }
}
