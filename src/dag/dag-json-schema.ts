import { z } from 'zod';
import type { JsonObject } from '../core/json.ts';
import { dagFileSchemas } from './dag-file-schema.ts';
import type { OperatorKind } from './operator-kind.ts';
import { ID_PATTERN, LONGEST_TASK_ID } from './task-options.ts';

/** The JSON Schema of `*.dag.yaml` files, by which editors complete and check them. */
export function dagJsonSchema(operators: readonly OperatorKind[]): JsonObject {
  const schema = z.toJSONSchema(dagFileSchemas(operators).file, {
    io: 'input',
    // An option that JSON Schema cannot say is checked by Hermes only.
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema, path }) => {
      if (path.at(-1) === 'tasks' && zodSchema instanceof z.ZodRecord) {
        jsonSchema.propertyNames = { type: 'string', pattern: ID_PATTERN, maxLength: LONGEST_TASK_ID };
        jsonSchema.minProperties = 1;
      }
      if (path.at(-1) === 'additionalProperties' && path.at(-2) === 'tasks')
        jsonSchema.oneOf = operators.map(({ key }) => ({ required: [key] }));
    },
  });
  return {
    ...(schema as JsonObject),
    title: 'Hermes DAG',
    description: 'A DAG of Hermes. Several may stand in one file, as documents separated by ---.',
  };
}
