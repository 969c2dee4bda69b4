import type { PlatformEnvironment } from '../../config/platform-file.ts';
import type { PoliciesApi } from '../../databricks/api.ts';
import { createDatabricks } from '../../databricks/client.ts';
import { openConnection } from '../../databricks/sign-in/open-connection.ts';
import type { Cli } from '../cli.ts';
import { connectWorkspace, hasEmbeddedWorkspace } from '../connect-workspace.ts';
import type { FoundPolicy } from './team-plan.ts';

/** The policies of the workspace of an environment. */
export interface WorkspacePolicies {
  /** Looks a policy up by its name; the workspace is asked once for all teams. */
  readonly look: (name: string) => Promise<FoundPolicy>;
  /** Opens the workspace; that of this machine is started when it is not running. */
  readonly open: () => Promise<PoliciesApi>;
}

/** Those of the workspace of this machine, which is not started to find out that it has none. */
export function embeddedPolicies(cli: Cli, environment: string): WorkspacePolicies {
  let opened: Promise<PoliciesApi> | undefined;
  const open = () => {
    opened ??= connectWorkspace(cli, { name: environment, embedded: true }).then(({ databricks }) =>
      rememberList(databricks.policies),
    );
    return opened;
  };
  const place = 'the workspace of this machine';
  return {
    open,
    look: async (name) =>
      hasEmbeddedWorkspace(cli) ? look(await open(), name, place, cli.signal) : { place },
  };
}

/**
 * Those of a real workspace: of the environment's profile, or of the one that the variables of Databricks name.
 * @throws ConfigError when nothing says how to sign in
 */
export function remotePolicies(cli: Cli, { name, profile }: PlatformEnvironment): WorkspacePolicies {
  const options = { clock: cli.clock, onSilence: (message: string) => cli.note(message) };
  const variables = profile === undefined ? cli.env : withProfile(cli.env, profile);
  const connection = openConnection({ variables, purpose: `environment ${name}` }, options);
  const policies = rememberList(createDatabricks(connection, options).policies);
  return {
    open: async () => policies,
    look: (policy) => look(policies, policy, connection.host, cli.signal),
  };
}

/** A variable would win over the profile, and lead to the workspace of another environment. */
function withProfile(env: NodeJS.ProcessEnv, profile: string): NodeJS.ProcessEnv {
  const others = Object.entries(env).filter(
    ([name]) => !name.startsWith('DATABRICKS_') || name === 'DATABRICKS_CONFIG_FILE',
  );
  return { ...Object.fromEntries(others), DATABRICKS_CONFIG_PROFILE: profile };
}

async function look(
  policies: PoliciesApi,
  name: string,
  place: string,
  signal: AbortSignal,
): Promise<FoundPolicy> {
  const policyId = (await policies.listPolicies(signal)).find((policy) => policy.name === name)?.policyId;
  return policyId === undefined ? { place } : { place, policyId };
}

/** Lists policies once, and adds those that are made here. What could not be made may stand meanwhile: it asks again. */
function rememberList(policies: PoliciesApi): PoliciesApi {
  let known: ReturnType<PoliciesApi['listPolicies']> | undefined;
  return {
    ...policies,
    listPolicies: (signal) => {
      known ??= policies.listPolicies(signal);
      return known;
    },
    createPolicy: async (name, definition, signal) => {
      try {
        const policyId = await policies.createPolicy(name, definition, signal);
        known = known?.then((list) => [...list, { policyId, name, definition }]);
        return policyId;
      } catch (error) {
        known = undefined;
        throw error;
      }
    },
  };
}
