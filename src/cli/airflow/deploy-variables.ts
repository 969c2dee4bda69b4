import { readVariables } from '../../config/variables.ts';
import { ConnectionError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { compareVariables, type VariableChanges } from '../../engines/airflow/deploy/compare-variables.ts';
import { openAirflow } from '../../engines/airflow/rest/airflow-api.ts';
import type { SignIn } from '../../engines/airflow/rest/airflow-token.ts';
import { importVariables } from '../../engines/airflow/rest/bulk-import.ts';
import { listVariables } from '../../engines/airflow/rest/variables.ts';
import type { Cli } from '../cli.ts';
import type { DeployPlace } from './deploy-place.ts';

/** What a deploy does to the variables of an Airflow. */
export interface VariablesPlan {
  readonly changes: VariableChanges;
  apply(): Promise<void>;
}

const THIS_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Compares `variables/<environment>.json` with the variables of the environment's Airflow; undefined where no Airflow or
 * no file is. Nothing is ever deleted there, and no value is printed.
 * @throws ProblemsError for mistakes in the file; ConnectionError without credentials, and when Airflow refuses
 */
export async function planVariables(cli: Cli, place: DeployPlace): Promise<VariablesPlan | undefined> {
  const { environment, team, api: url } = place;
  const wanted = readVariables(cli.cwd, environment, team)?.variables ?? {};
  if (Object.keys(wanted).length === 0) return undefined;
  if (url === undefined) {
    if (!place.isEmbedded) cli.note(byHand(environment));
    return undefined;
  }
  const api = openAirflow({ url, signIn: signInFrom(cli.env, url) }, cli.clock);
  const changes = compareVariables(wanted, await listVariables(api, cli.signal));
  const names = [...changes.added, ...changes.changed, ...changes.hidden];
  const differing = Object.fromEntries(names.map((name) => [name, wanted[name]]));
  return { changes, apply: () => importVariables(api, differing, cli.signal) };
}

/** Variables that a deploy sets, one line each; without their values. */
export function variableLines(cli: Cli, { added, changed, hidden }: VariableChanges): string[] {
  const line = (mark: string, name: string, more = ''): string =>
    `  ${mark} variable ${printableLine(name)}${more}`;
  return [
    ...added.map((name) => line(cli.style('green', '+'), name)),
    ...changed.map((name) => line(cli.style('yellow', '~'), name)),
    ...hidden.map((name) => line(cli.style('yellow', '~'), name, ' (Airflow hides it: set in any case)')),
  ];
}

function byHand(environment: string): string {
  return `Variables are not imported: hermes.yaml names no airflow.${environment}.api. By hand, on the machine of Airflow: airflow variables import variables/${environment}.json`;
}

function signInFrom(env: NodeJS.ProcessEnv, url: string): SignIn {
  const { AIRFLOW_API_TOKEN: token, AIRFLOW_API_USER: user, AIRFLOW_API_PASSWORD: password } = env;
  if (token !== undefined && token !== '') return { token };
  if (user !== undefined && user !== '' && password !== undefined) return { user, password };
  if (THIS_MACHINE.includes(new URL(url).hostname)) return 'everybody';
  throw new ConnectionError('Cannot sign in to Airflow: no credentials are set.', {
    code: 'HERMES_AIRFLOW_CREDENTIALS',
    facts: { api: url },
    nextStep: 'Set AIRFLOW_API_TOKEN, or AIRFLOW_API_USER and AIRFLOW_API_PASSWORD.',
  });
}
