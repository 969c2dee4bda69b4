export { HermesOperator, type HermesOptions } from '../operators/hermes-operator.ts';
export { type TableReference, table } from '../operators/table-name.ts';
export type { ArtifactRequest } from './core/artifact-request.ts';
export { ConfigError, ConnectionError, HermesError, RemoteError, WorkFailedError } from './core/errors.ts';
export type { Json, JsonObject } from './core/json.ts';
export { type Problem, ProblemsError } from './core/problems.ts';
export { Dag, type DagOptions } from './dag/dag.ts';
export type { PlanContext, Task, TaskOptions, TaskPlan, TriggerRule } from './dag/task.ts';
