import { teamVariableName } from '../../../config/environment.ts';
import { ConfigError } from '../../../core/errors.ts';
import type { VariableChanges } from './compare-variables.ts';

const TEAM_VARIABLES = teamVariableName('');

/**
 * Refuses to set variables of other teams: those say where the runs of these teams write, and by which policy. One that
 * Airflow has just so is left alone, since a DAG may hold tasks of several teams.
 * @param teams Those of the repository
 * @throws ConfigError (`HERMES_VARIABLE_OF_OTHERS`) naming them
 */
export function refuseForeign(
  { added, changed, hidden }: VariableChanges,
  teams: readonly string[],
  environment: string,
): void {
  const own = teams.map(teamVariableName);
  const foreign = [...added, ...changed, ...hidden].filter(
    (name) => name.startsWith(TEAM_VARIABLES) && !own.includes(name),
  );
  if (foreign.length === 0) return;
  const isOne = foreign.length === 1;
  throw new ConfigError(
    `Cannot set ${foreign.join(', ')} in ${environment}: ${isOne ? 'it is the variable of another team' : 'these are variables of other teams'} than ${teams.join(', ')}.`,
    {
      code: 'HERMES_VARIABLE_OF_OTHERS',
      nextStep: `Take ${isOne ? 'it' : 'them'} out of variables/${environment}.json, or write there what Airflow has: the repository of that team sets it. Nothing was deployed.`,
    },
  );
}
