import type { z } from 'zod';
import { camelCase, renameKeys } from '../src/core/letter-case.ts';
import type { OperatorKind } from '../src/dag/operator-kind.ts';
import type { TaskOptions } from '../src/dag/task.ts';
import { DefinedTask } from './defined-task.ts';
import type { OperatorDefinition, OperatorOptions } from './operator-definition.ts';
import { readDefinition } from './operator-schema.ts';

/** A defined operator: a class for DAG files in TypeScript, and a kind for those in YAML. */
export interface OperatorClass<Options> {
  new (options: Options): DefinedTask;
  readonly kind: OperatorKind;
}

/**
 * Makes an operator: a class for DAG files in TypeScript, `new NotebookOperator({ taskId, … })`, and a key for those in
 * YAML, `notebook: { … }`. Its tasks are checked, planned, submitted and watched as those of `HermesOperator`, which is
 * made the same way. A team registers its own in `hermes.config.ts`.
 * @typeParam Options What the class takes, where an interface says it better than the schemas.
 * @throws ConfigError `HERMES_OPERATOR_DEFINITION` with everything that is wrong with the definition
 */
export function defineOperator<const Shape extends z.ZodRawShape, Options = OperatorOptions<Shape>>(
  definition: OperatorDefinition<Shape>,
): OperatorClass<Options> {
  const reader = readDefinition(definition);
  const { key, operatorName, ownSchema } = reader;
  return class extends DefinedTask {
    static readonly kind: OperatorKind = {
      key,
      operatorName,
      schema: ownSchema,
      create: (task, options) => new this({ ...task, ...renameKeys(options, camelCase) } as Options),
    };

    constructor(options: Options) {
      super(options as TaskOptions, definition, reader);
    }
  };
}
