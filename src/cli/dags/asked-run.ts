import type { Environment } from '../../config/environment.ts';
import type { JsonObject } from '../../core/json.ts';
import { ProblemsError } from '../../core/problems.ts';
import type { Dag } from '../../dag/dag.ts';
import type { PinResolver } from '../../engines/local/plan/pin-tasks.ts';
import type { RunRequest } from '../../engines/local/plan/plan-run.ts';
import type { Cli } from '../cli.ts';
import { environmentsOf, pinResolver } from '../team-environments.ts';
import { tableProblems } from './dag-environment.ts';

/** Which DAG to run, and how. */
export interface StartOptions {
  readonly dag: Dag;
  readonly environment: string;
  /** The DAG file as the user typed it, or `hermes run PROJECT`. */
  readonly source: string;
  /** Where `hermes.yaml` and the variables are looked for. */
  readonly folder: string;
  readonly params: JsonObject;
  readonly parallel: number;
  readonly runId?: string;
  readonly logicalDate?: Date;
}

/** A run as it is asked for, to be started or only planned. */
interface AskedRun {
  /** All but the workspace. */
  readonly request: Omit<RunRequest, 'host'>;
  /** One for each team of the tasks. */
  readonly environments: readonly Environment[];
  readonly resolve: PinResolver;
}

/** @throws ProblemsError for files that describe an environment, and for a table that one refuses */
export function askedRun(cli: Cli, options: StartOptions): AskedRun {
  const { dag, environment, folder } = options;
  const plans = dag.plans();
  const teams = plans.map(({ team }) => team);
  const environments = environmentsOf(cli, teams, environment, folder);
  const [first] = environments;
  if (first === undefined) throw new Error(`DAG ${dag.dagId} has no task`);
  refuseTables(options, environments);
  const team = dag.options.team ?? first.team;
  return {
    request: { ...options, plans, embedded: first.embedded, team },
    environments,
    resolve: pinResolver(environments, cli.signal),
  };
}

/** @throws ProblemsError for a table that an environment refuses, above all one of production among the outputs */
function refuseTables({ dag, source }: StartOptions, environments: readonly Environment[]): void {
  const problems = environments.flatMap((each) => tableProblems({ dag, shownFile: source }, each));
  if (problems.length > 0) throw new ProblemsError(problems);
}
