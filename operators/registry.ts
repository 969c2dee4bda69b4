import { camelCase, renameKeys } from '../src/core/letter-case.ts';
import type { OperatorKind } from '../src/dag/operator-kind.ts';
import { HermesOperator, type HermesOptions } from './hermes-operator.ts';
import { hermesOptionsSchema } from './hermes-options.ts';

/** Every operator that a YAML file can use. An operator joins with one line. */
export const operators: readonly OperatorKind[] = [
  {
    key: 'hermes',
    operatorName: 'HermesOperator',
    schema: hermesOptionsSchema,
    create: (task, options) =>
      new HermesOperator({ ...task, ...renameKeys(options, camelCase) } as HermesOptions),
  },
];
