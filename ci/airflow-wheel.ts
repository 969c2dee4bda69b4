import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import { type OwnWheel, ownWheel } from './own-wheel.ts';

const MODULE = 'hermes_airflow';
const SOURCE = join(packageRoot, 'operators', 'python', MODULE);

/**
 * The wheel of `hermes_airflow` in the version of this Hermes: `HermesOperator` for DAGs that are written in Python.
 * The installation says which versions of Airflow and its providers it has: the wheel only asks for what it needs.
 */
export function airflowWheel(): OwnWheel {
  const names = readdirSync(SOURCE).filter((name) => /\.(py|json|typed)$/.test(name));
  return ownWheel({
    module: MODULE,
    summary: 'HermesOperator for Airflow: published scripts of a team on Databricks job clusters',
    requiresPython: '>=3.10',
    requires: ['apache-airflow>=2.10', 'apache-airflow-providers-databricks>=7'],
    files: names.sort().map((name) => [`${MODULE}/${name}`, readFileSync(join(SOURCE, name))] as const),
  });
}
