export { z } from 'zod';
export { defineOperator, type OperatorClass } from '../operators/define-operator.ts';
export type { DefinedTask } from '../operators/defined-task.ts';
export { HermesOperator, type HermesOptions } from '../operators/hermes-operator.ts';
export type { PinField } from '../operators/jinja-text.ts';
export type {
  OperatorDefinition,
  OperatorOptions,
  OperatorPlan,
  OperatorTables,
  OptionProblem,
  PlannedTask,
} from '../operators/operator-definition.ts';
export { type TableReference, table } from '../operators/table-name.ts';
export type { ArtifactRequest } from './core/artifact-request.ts';
export { ConfigError, ConnectionError, HermesError, RemoteError, WorkFailedError } from './core/errors.ts';
export type { Json, JsonObject } from './core/json.ts';
export { type Problem, ProblemsError } from './core/problems.ts';
export type { CallbackCall, Callbacks } from './dag/callback.ts';
export { Dag, type DagOptions } from './dag/dag.ts';
export { defineConfig, type HermesConfig } from './dag/hermes-config.ts';
export type { PlanContext, Task, TaskOptions, TaskPlan, TriggerRule } from './dag/task.ts';
