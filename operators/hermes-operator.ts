import { defineOperator, type OperatorClass } from './define-operator.ts';
import { type HermesOptions, hermesOptionsSchema } from './hermes-options.ts';
import { planHermes } from './hermes-submit.ts';
import { declaredTables, doubleTables, undeclaredTables } from './table-list.ts';

export type { HermesOptions } from './hermes-options.ts';

const { team: _ofEveryOperator, ...options } = hermesOptionsSchema.shape;

const Defined: OperatorClass<HermesOptions> = defineOperator<typeof options, HermesOptions>({
  key: 'hermes',
  options,
  check: (settings, { taskId }) => [...doubleTables(taskId, settings), ...undeclaredTables(taskId, settings)],
  tables: (settings) => ({
    ...declaredTables(settings),
    useDataSharing: settings.use_data_sharing !== false,
  }),
  plan: planHermes,
});

/**
 * Runs a published script of a team on a job cluster of its own: hides policy, access list, tags and versions.
 * `plan()` answers the request that Airflow, or the engine on this machine, sends to Databricks.
 */
export class HermesOperator extends Defined {}
