import type { OperatorKind } from '../src/dag/operator-kind.ts';
import { HermesOperator } from './hermes-operator.ts';

/** Every operator that Hermes brings along. One joins with one line; a team's own are in its `hermes.config.ts`. */
export const operators: readonly OperatorKind[] = [HermesOperator.kind];
