import { readHermesYaml } from '../../config/hermes-yaml.ts';
import { readVariables } from '../../config/variables.ts';
import { printableLine } from '../../core/printable.ts';
import { compareVariables, type VariableChanges } from '../../engines/airflow/deploy/compare-variables.ts';
import { refuseForeign } from '../../engines/airflow/deploy/foreign-variables.ts';
import { openAirflow } from '../../engines/airflow/rest/airflow-api.ts';
import { importVariables } from '../../engines/airflow/rest/bulk-import.ts';
import { listVariables } from '../../engines/airflow/rest/variables.ts';
import type { Cli } from '../cli.ts';
import { aboutSignIn, signInFrom } from './airflow-sign-in.ts';
import type { DeployPlace } from './deploy-place.ts';

/** What a deploy does to the variables of an Airflow. */
export interface VariablesPlan {
  readonly changes: VariableChanges;
  apply(): Promise<void>;
}

/**
 * Compares `variables/<environment>.json` with the variables of the environment's Airflow; undefined where no Airflow or
 * no file is. Nothing is ever deleted there, and no value is printed.
 * @throws ProblemsError for mistakes in the file; ConfigError for variables of other teams; ConnectionError without
 *   credentials, and when Airflow refuses
 */
export async function planVariables(cli: Cli, place: DeployPlace): Promise<VariablesPlan | undefined> {
  const { environment, team, api: url } = place;
  const wanted = readVariables(cli.cwd, environment, team)?.variables ?? {};
  if (Object.keys(wanted).length === 0) return undefined;
  if (url === undefined) {
    if (!place.isEmbedded) cli.note(byHand(environment));
    return undefined;
  }
  const signIn = signInFrom(cli.env, url);
  const api = openAirflow({ url, signIn }, cli.clock);
  const asked = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw aboutSignIn(error, api.url, signIn);
    }
  };
  const changes = compareVariables(wanted, await asked(() => listVariables(api, cli.signal)));
  refuseForeign(changes, [...new Set([team, readHermesYaml(cli.cwd)?.team ?? team])], environment);
  const names = [...changes.added, ...changes.changed, ...changes.hidden];
  const differing = Object.fromEntries(names.map((name) => [name, wanted[name]]));
  return { changes, apply: () => asked(() => importVariables(api, differing, cli.signal)) };
}

/** Variables that a deploy sets, one line each; without their values. */
export function variableLines(cli: Cli, { added, changed, hidden }: VariableChanges): string[] {
  const line = (mark: string, name: string, more = ''): string =>
    `  ${mark} variable ${printableLine(name)}${more}`;
  return [
    ...added.map((name) => line(cli.style('green', '+'), name)),
    ...changed.map((name) => line(cli.style('yellow', '~'), name)),
    ...hidden.map((name) => line(cli.style('yellow', '~'), name, ' (Airflow hides it: set each time)')),
  ];
}

function byHand(environment: string): string {
  return `variables/${environment}.json is to be imported by hand: hermes.yaml names no airflow.${environment}.api.`;
}
