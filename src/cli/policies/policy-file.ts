import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Environment, teamVariableName } from '../../config/environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import type { Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';

/**
 * Reads policies that `hermes policy show TEAM --json` has written, one JSON object on each line.
 * @throws ConfigError naming the file and the line
 */
export function readPolicyFile(folder: string, file: string): readonly ClusterPolicy[] {
  const refuse = (reason: string): ConfigError =>
    new ConfigError(`Cannot read the policies of ${file}: ${reason}`, {
      code: 'HERMES_POLICY_FILE',
      nextStep: 'Write the file with: hermes policy show TEAM --env NAME --json > FILE',
    });
  let text: string;
  try {
    text = readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw refuse(
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : String(error),
    );
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw refuse('it is empty');
  return lines.map((line, index) => {
    const policy = parsePolicy(line);
    if (policy === undefined)
      throw refuse(`line ${index + 1} is no policy with policyId, name and definition`);
    return policy;
  });
}

function parsePolicy(line: string): ClusterPolicy | undefined {
  try {
    const { policyId, name, definition } = parseJson(line) as JsonObject;
    return typeof policyId === 'string' && typeof name === 'string' && typeof definition === 'string'
      ? { policyId, name, definition }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Variables and policies of an environment without asking its workspace.
 * @throws ConfigError when the policy of the team is not among them
 */
export function surroundingsFrom(
  policies: readonly ClusterPolicy[],
  { name, team, teamVariable, variables }: Environment,
): Surroundings {
  const { cluster_policy_id: id } = teamVariable;
  // An embedded environment knows the id of its policy only once its workspace has made it.
  const policy = policies.find(({ policyId }) => id === policyId) ?? (id === '' ? policies[0] : undefined);
  if (policy === undefined) {
    throw new ConfigError(`Cannot check team ${team} in ${name}: its policy ${id} is not in the file`, {
      code: 'HERMES_POLICY_FILE',
      facts: { found: policies.map(({ policyId }) => policyId).join(', ') },
      nextStep: `Add it with: hermes policy show ${team} --env ${name} --json >> FILE`,
    });
  }
  const own = { ...teamVariable, cluster_policy_id: policy.policyId };
  return {
    variables: { ...variables, [teamVariableName(team)]: own },
    policies: new Map([[policy.policyId, policy]]),
  };
}
