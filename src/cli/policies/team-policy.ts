import { HermesOperator } from '../../../operators/hermes-operator.ts';
import { type Environment, teamVariableName } from '../../config/environment.ts';
import { resolveEnvironment } from '../../config/resolve-environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { teamNameProblem } from '../../core/names.ts';
import { Dag } from '../../dag/dag.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import { type EvaluatedCluster, evaluatePolicy } from '../../databricks/policy/evaluate-policy.ts';
import { parsePolicyDefinition } from '../../databricks/policy/parse-policy.ts';
import type { PolicyRules } from '../../databricks/policy/policy-rule.ts';
import { planRun } from '../../engines/local/plan/plan-run.ts';
import { prepareSurroundings } from '../../engines/local/plan/prepare-surroundings.ts';
import { submitRenderer } from '../../engines/local/plan/render-submit.ts';
import { teamOf } from '../artifacts/team-store.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace } from '../connect-workspace.ts';
import { madeUpPin } from '../dags/made-up-pin.ts';
import { requireKnownTeam } from './known-team.ts';
import { readPolicyText } from './policy-file.ts';

/** Stands for the team where a policy is for every one. */
const ANY_TEAM = 'any-team';

/** The environment of a team, as the files around the working folder describe it. */
export function environmentOf(cli: Cli, team: string, name: string): Environment {
  return resolveEnvironment({ name, team, folder: cli.cwd, home: cli.home });
}

/**
 * The team that a command about a policy works for: the one given, else the one of hermes.yaml, else the one that the
 * policy of the file is for.
 * @throws ConfigError when nothing says it
 */
export function policyTeam(cli: Cli, team: string | undefined, file?: string): string {
  try {
    return teamOf(cli, team);
  } catch (error) {
    if (!(error instanceof ConfigError) || error.code !== 'HERMES_NO_TEAM') throw error;
    if (file !== undefined) return teamOfPolicy(readPolicyText(cli.cwd, file).definition);
    throw new ConfigError(
      'Cannot tell whose policy is meant: no team was given and no hermes.yaml is here.',
      {
        code: 'HERMES_NO_TEAM',
        nextStep: 'Name the team, or work inside a repository of it.',
      },
    );
  }
}

/** The team that the tag in a definition names; where it leaves the tag open, any name will do. */
function teamOfPolicy(definition: string): string {
  const rule = parsePolicyDefinition(definition).rules?.byPath.get('custom_tags.team');
  const named = String(rule?.value ?? rule?.defaultValue ?? rule?.values[0] ?? '');
  return named !== '' && teamNameProblem(named) === undefined ? named : ANY_TEAM;
}

/**
 * Asks the workspace for the policy of a team; in an embedded environment the team is enrolled first.
 * @throws ConfigError for a team of which nothing here knows
 */
export async function readTeamPolicy(cli: Cli, environment: Environment): Promise<ClusterPolicy> {
  await requireKnownTeam(cli, environment, async () => {
    const { databricks } = await connectWorkspace(cli, environment);
    return databricks.policies;
  });
  const { databricks } = await connectWorkspace(cli, environment);
  const { policies } = await prepareSurroundings([environment], databricks.policies, cli.signal);
  const [policy] = policies.values();
  if (policy === undefined) throw new Error(`no policy for team ${environment.team}`);
  return policy;
}

/** What a policy makes of the cluster that Hermes asks for, for any script of the team. Pure. */
export function sampleCluster(
  environment: Environment,
  policyId: string,
  rules: PolicyRules,
  now: Date,
): EvaluatedCluster {
  const { team, name, teamVariable, variables } = environment;
  const dag = new Dag('a_dag', { team }, () => {
    new HermesOperator({ taskId: 'a_task', projectName: 'a-project' });
  });
  const plans = dag.plans();
  const pins = plans.flatMap(({ taskId, artifacts }) =>
    artifacts === undefined ? [] : [[taskId, madeUpPin(artifacts)] as const],
  );
  const facts = { dag, plans, team, environment: name, embedded: environment.embedded, parallel: 1 };
  const request = { ...facts, host: '', folder: '', source: '', params: {} };
  const record = planRun(request, new Map(pins), now, { pid: 0, startedAt: '' });
  const own = { ...teamVariable, cluster_policy_id: policyId };
  const render = submitRenderer(record, { ...variables, [teamVariableName(team)]: own });
  const [task] = record.tasks;
  if (task === undefined) throw new Error('a DAG of one task has none');
  const { tasks } = render(task, 1) as { readonly tasks: readonly { readonly new_cluster: never }[] };
  return evaluatePolicy(tasks[0]?.new_cluster ?? {}, rules);
}
