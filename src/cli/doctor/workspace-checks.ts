import { type Environment, teamVariableName } from '../../config/environment.ts';
import { HermesError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import { createDatabricks, type Databricks } from '../../databricks/client.ts';
import type { Me } from '../../databricks/identity.ts';
import { parsePolicyDefinition } from '../../databricks/policy/parse-policy.ts';
import type { PolicyRules } from '../../databricks/policy/policy-rule.ts';
import type { PolicyViolation } from '../../databricks/policy/policy-violation.ts';
import { describeSignIn } from '../../databricks/sign-in/open-connection.ts';
import { enrolledPolicyName } from '../../engines/local/plan/enrol.ts';
import { optionFor } from '../../engines/local/plan/refusal-text.ts';
import { readOwnerToken } from '../../workspace/server/address.ts';
import { workspaceStatus } from '../../workspace/server/launch.ts';
import type { Cli } from '../cli.ts';
import { connectionQuestion, namesWorkspace, openRemoteWorkspace } from '../connect-workspace.ts';
import { clusterRefusal } from '../policies/policy-report.ts';
import { sampleCluster } from '../policies/team-policy.ts';
import { type Finding, failed, fromError, ok, unknown, warning } from './finding.ts';

/** A person waits for the answer. */
const PATIENCE = { budget: { seconds: 4, serverErrors: 1 }, timeoutSeconds: 10 };
const PLATFORM = 'Ask the platform team';
const PROFILE_PATH = 'aws_attributes.instance_profile_arn';

/**
 * The workspace of an environment: who one is there, whether the team's group and policy are in place, and the
 * instance profile that the policy gives to clusters. Starts nothing.
 */
export async function checkEnvironmentWorkspace(cli: Cli, environment: Environment): Promise<Finding[]> {
  const title = `${environment.name} sign-in`;
  try {
    const databricks = await openWorkspace(cli, environment);
    if (databricks === undefined) return environment.embedded ? [] : [notNamed(environment)];
    const me = await databricks.identity.me(cli.signal);
    return [
      ok(title, signInDetail(cli, environment, databricks.host, me)),
      groupFinding(environment, me),
      ...(await checkPolicy(cli, databricks, environment)),
    ];
  } catch (error) {
    return [fromError(title, error)];
  }
}

function signInDetail(cli: Cli, { name, embedded }: Environment, host: string, me: Me): string {
  const number = me.workspaceId === undefined ? '' : `, workspace ${me.workspaceId}`;
  const way = embedded ? '' : `, ${describeSignIn(connectionQuestion(cli, name))}`;
  return `${nameOf(me)} at ${host}${number}${way}`;
}

async function openWorkspace(cli: Cli, environment: Environment): Promise<Databricks | undefined> {
  if (environment.embedded) return openRunning(cli);
  const isDescribed = environment.teamVariable.cluster_policy_id !== '';
  if (!isDescribed && !namesWorkspace(cli)) return undefined;
  return openRemoteWorkspace(cli, environment.name, PATIENCE);
}

/** The embedded workspace, when it runs. */
async function openRunning({ home, clock }: Cli): Promise<Databricks | undefined> {
  const status = await workspaceStatus(home.workspace);
  const token = readOwnerToken(home.workspace);
  if (status === undefined || token === undefined) return undefined;
  return createDatabricks({ host: status.url, token }, { clock, ...PATIENCE });
}

function notNamed({ name, team }: Environment): Finding {
  return unknown(
    `${name} sign-in`,
    'nothing here says which workspace it is; only runs need one',
    `Work in the Airflow repository of ${team}, whose variables describe it, or set DATABRICKS_HOST or --profile.`,
  );
}

function nameOf({ userName, displayName }: Me): string {
  return printableLine(displayName === userName ? userName : `${displayName} (${userName})`);
}

function groupFinding({ name, team }: Environment, { groups }: Me): Finding {
  const title = `${name} groups`;
  const shown = groups.map(printableLine).join(', ') || 'none';
  if (groups.includes(team) || groups.includes('admins')) return ok(title, shown);
  return warning(
    title,
    `${shown}; ${team} is not among them`,
    `${PLATFORM} to add you to group ${team}: its members see and cancel the runs of the team.`,
  );
}

async function checkPolicy(cli: Cli, databricks: Databricks, environment: Environment): Promise<Finding[]> {
  const { name, team, embedded, teamVariable } = environment;
  const title = `${name} policy`;
  const id = teamVariable.cluster_policy_id;
  try {
    const usable = await databricks.policies.listPolicies(cli.signal);
    const isMade = embedded && id === '';
    const madeName = enrolledPolicyName({ team, environment: name });
    const found = isMade ? usable.find((policy) => policy.name === madeName) : undefined;
    if (isMade && found === undefined) return [ok(title, 'none yet; the first run makes it')];
    if (!embedded && id === '') return [failed(title, 'the team has none', `${PLATFORM} to enrol ${team}.`)];
    const policy = found ?? (await databricks.policies.getPolicy(id, cli.signal));
    const shown = `${printableLine(policy.name)} (${policy.policyId})`;
    if (!usable.some(({ policyId }) => policyId === policy.policyId)) {
      const detail = `${shown} can be read, but you may not use it`;
      return [failed(title, detail, `${PLATFORM} for CAN_USE on it, for you or for group ${team}.`)];
    }
    const { rules, problems } = parsePolicyDefinition(policy.definition);
    const isSound = rules !== undefined && problems.every(({ severity }) => severity === 'warning');
    const refused = isSound ? refusalFinding(cli, environment, policy, rules) : undefined;
    const findings = [refused ?? policyFinding(environment, shown, problems)];
    return rules === undefined || embedded
      ? findings
      : [...findings, await checkInstanceProfile(cli, databricks, environment, rules)];
  } catch (error) {
    return [withPolicy(fromError(title, error), environment)];
  }
}

/** A policy that is not there is most often that of another workspace. */
function withPolicy(finding: Finding, { team, name, embedded, teamVariable }: Environment): Finding {
  const id = teamVariable.cluster_policy_id;
  const place = `cluster_policy_id of ${teamVariableName(team)} in variables/${name}.json is ${id}.`;
  if (id === '') return finding;
  if (embedded) return { ...finding, cure: `${place} Correct it, or leave it empty: then Hermes makes one.` };
  const cure = finding.cure === undefined ? '' : `${finding.cure.replace(/\.?$/, '.')} `;
  return { ...finding, cure: `${cure}${place}` };
}

function policyFinding(
  { name, team }: Environment,
  shown: string,
  problems: ReturnType<typeof parsePolicyDefinition>['problems'],
): Finding {
  const title = `${name} policy`;
  const [first] = problems;
  if (first === undefined) return ok(title, shown);
  const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more)`;
  const path = first.path.length === 0 ? '' : `${first.path.join(': ')}: `;
  const detail = `${shown}: ${printableLine(path + first.message)}${more}`;
  const cure = `${PLATFORM}, which owns the policy. See everything: hermes policy check ${team} --env ${name}`;
  const isBad = problems.some(({ severity }) => severity !== 'warning');
  return isBad ? failed(title, detail, cure) : warning(title, detail, cure);
}

/** Whether the policy refuses the cluster that Hermes makes; only a warning where each DAG or task can give what is missing. */
function refusalFinding(
  cli: Cli,
  environment: Environment,
  { name, policyId }: ClusterPolicy,
  rules: PolicyRules,
): Finding | undefined {
  const { violations } = sampleCluster(environment, policyId, rules, cli.clock.now());
  const isOpen = ({ path, value }: PolicyViolation): boolean =>
    value === undefined && optionFor(path, rules.byPath.get(path)) !== undefined;
  const lasting = violations.filter((violation) => !isOpen(violation));
  const [first] = [...lasting, ...violations];
  if (first === undefined) return undefined;
  const title = `${environment.name} policy`;
  const more = violations.length === 1 ? '' : ` (and ${violations.length - 1} more)`;
  const detail = `${printableLine(name)} (${policyId}): ${printableLine(clusterRefusal(first))}${more}`;
  const everything = `See everything: hermes policy check ${environment.team} --env ${environment.name}`;
  if (lasting.length > 0) return failed(title, detail, `${PLATFORM}, which owns the policy. ${everything}`);
  const option = optionFor(first.path, rules.byPath.get(first.path));
  return warning(title, detail, `Each ${option?.place} needs ${option?.text}. ${everything}`);
}

async function checkInstanceProfile(
  { signal }: Cli,
  { identity }: Databricks,
  { name, artifacts }: Environment,
  rules: PolicyRules,
): Promise<Finding> {
  const title = `${name} instance profile`;
  const rule = rules.byPath.get(PROFILE_PATH);
  const arn = rule?.value ?? rule?.defaultValue;
  if (typeof arn !== 'string')
    return warning(
      title,
      'the policy gives none to clusters',
      `${PLATFORM} for one in the policy: by it a run reads ${artifacts} and writes to the Products zone.`,
    );
  try {
    if ((await identity.instanceProfiles(signal)).includes(arn)) return ok(title, arn);
    const cure = `${PLATFORM}: an administrator adds it by databricks instance-profiles add ${arn}`;
    return failed(title, `${arn} is not registered in the workspace, so no cluster can start with it`, cure);
  } catch (error) {
    if (!(error instanceof HermesError) || error.code !== 'HERMES_DATABRICKS_FORBIDDEN')
      return fromError(title, error);
    const detail = `${arn}; whether it is registered only administrators may see`;
    return unknown(title, detail, 'An administrator sees it by: databricks instance-profiles list');
  }
}
