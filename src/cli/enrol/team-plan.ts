import { isDeepStrictEqual } from 'node:util';
import type { AirflowSettings } from '../../config/airflow-settings.ts';
import { type TeamVariable, teamVariableName } from '../../config/environment.ts';

/** What is to be true of a team in one environment. */
export interface WantedEnvironment {
  readonly name: string;
  readonly variable: TeamVariable;
  /** Absent when the variable names a policy that stands. */
  readonly policy?: WantedPolicy;
  /** Where its Airflow reads the DAGs; absent when the platform does not say it. */
  readonly airflow?: AirflowSettings;
}

/** The cluster policy of a team, made when there is none of its name. */
export interface WantedPolicy {
  readonly name: string;
  /** False where every machine has a workspace of its own: the variable then names no policy. */
  readonly isNamed: boolean;
  /** Asks the workspace; signing in is tried only then. */
  readonly look: () => Promise<FoundPolicy>;
}

/** What a workspace knows of a policy. */
export interface FoundPolicy {
  /** `the workspace of this machine`, or the address of a real one. */
  readonly place: string;
  /** Absent when it has none of the name. */
  readonly policyId?: string;
}

/** What stands of a team. */
export interface FoundTeam {
  /** Absent when there is no repository. */
  readonly repositoryUrl?: string;
  /** Variables by the file that holds them: `variables/dev.json`. */
  readonly variables: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Of its `hermes.yaml`, by environment. */
  readonly airflow: Readonly<Record<string, AirflowSettings>>;
}

/** One environment of a {@link TeamPlan}. */
export interface EnvironmentPlan {
  readonly wanted: WantedEnvironment;
  /** `variables/dev.json` */
  readonly file: string;
  readonly addsVariable: boolean;
  /** Whether `hermes.yaml` is to say where Airflow reads the DAGs. */
  readonly addsAirflow: boolean;
  /** Keys whose values differ from what the platform's file says; they stay. */
  readonly differences: readonly Difference[];
  /** `make`: no policy of its name; `stands`: it is there; `none`: the variable names its own. */
  readonly policy: 'make' | 'stands' | 'none';
  /** Absent when the workspace need not be asked. */
  readonly found?: FoundPolicy;
}

/** A key of a variable that is there. */
interface Difference {
  readonly key: string;
  readonly is: unknown;
  readonly wanted: unknown;
}

/** What enrolling one team would do. */
export interface TeamPlan {
  readonly team: string;
  readonly repository: string;
  /** Absent when the repository is to be made. */
  readonly repositoryUrl?: string;
  readonly environments: readonly EnvironmentPlan[];
}

/** The team's Airflow repository. */
export function airflowRepository(team: string): string {
  return `${team}-airflow`;
}

/** Decides what a team lacks. Asks workspaces only for policies that may have to be made; changes nothing. */
export async function planTeam(
  team: string,
  wanted: readonly WantedEnvironment[],
  found: FoundTeam,
): Promise<TeamPlan> {
  const environments: EnvironmentPlan[] = [];
  for (const one of wanted) environments.push(await planEnvironment(team, one, found));
  const url = found.repositoryUrl === undefined ? {} : { repositoryUrl: found.repositoryUrl };
  return { team, repository: airflowRepository(team), ...url, environments };
}

async function planEnvironment(
  team: string,
  wanted: WantedEnvironment,
  found: FoundTeam,
): Promise<EnvironmentPlan> {
  const file = `variables/${wanted.name}.json`;
  const standing = found.variables.get(file)?.[teamVariableName(team)];
  const airflow = found.airflow[wanted.name];
  const plan = {
    wanted,
    file,
    addsVariable: standing === undefined,
    addsAirflow: wanted.airflow !== undefined && airflow === undefined,
    differences: [
      ...(standing === undefined ? [] : differencesOf(standing, wanted)),
      ...(airflow === undefined ? [] : airflowDifferences(airflow, wanted)),
    ],
  };
  if (wanted.policy === undefined || namesPolicy(standing)) return { ...plan, policy: 'none' };
  const seen = await wanted.policy.look();
  return { ...plan, policy: seen.policyId === undefined ? 'make' : 'stands', found: seen };
}

function namesPolicy(variable: unknown): boolean {
  return ((variable as Partial<TeamVariable> | undefined)?.cluster_policy_id ?? '') !== '';
}

/** The id of a policy that Hermes makes is the workspace's choice, so it differs from nothing. */
function differencesOf(standing: unknown, { variable, policy }: WantedEnvironment): Difference[] {
  const is = (typeof standing === 'object' && standing !== null ? standing : {}) as Record<string, unknown>;
  const wanted: Readonly<Record<string, unknown>> = { ...variable };
  return [...new Set([...Object.keys(wanted), ...Object.keys(is)])].flatMap((key) => {
    const isFree = key === 'cluster_policy_id' && policy !== undefined;
    if (isFree || isDeepStrictEqual(is[key], wanted[key])) return [];
    return [{ key, is: is[key], wanted: wanted[key] }];
  });
}

function airflowDifferences(is: AirflowSettings, { airflow = {} }: WantedEnvironment): Difference[] {
  return (['dags', 'api'] as const).flatMap((key) =>
    airflow[key] === undefined || airflow[key] === is[key]
      ? []
      : [{ key: `airflow.${key}`, is: is[key], wanted: airflow[key] }],
  );
}

/** The variable with the id of the policy that was made or found for it. */
export function completeVariable({ variable, policy }: WantedEnvironment, policyId?: string): TeamVariable {
  return policyId === undefined || policy?.isNamed !== true
    ? variable
    : { ...variable, cluster_policy_id: policyId };
}

/** Whether a team has all that it should have. */
export function isEnrolled({ repositoryUrl, environments }: TeamPlan): boolean {
  return (
    repositoryUrl !== undefined &&
    environments.every((one) => !one.addsVariable && !one.addsAirflow && one.policy !== 'make')
  );
}
