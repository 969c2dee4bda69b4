import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Environment, teamVariableName } from '../../config/environment.ts';
import { ConfigError } from '../../core/errors.ts';
import { refusalOfFile } from '../../core/file-trouble.ts';
import { type JsonObject, parseJson } from '../../core/json.ts';
import { printableLine } from '../../core/printable.ts';
import type { ClusterPolicy } from '../../databricks/api.ts';
import type { Surroundings } from '../../engines/local/plan/prepare-surroundings.ts';

/** A definition and where it was found. */
export interface PolicyText {
  /** As problems name it. */
  readonly name: string;
  readonly policyId: string;
  readonly definition: string;
  /** Whether lines and columns mean something to the reader. */
  readonly isFile: boolean;
}

/** Stands for the policy of every team. */
const TRIAL = 'the-file';

/**
 * Reads policies that `hermes policy show TEAM --json` has written, one JSON object on each line; or a definition to be
 * tried, which stands for the policy of every team.
 * @throws ConfigError naming the file and the line
 */
export function readPolicyFile(folder: string, file: string): readonly ClusterPolicy[] {
  const text = readText(folder, file);
  const whole = policyOf(file, text);
  if (whole !== undefined) return [whole];
  const refuse = (reason: string): ConfigError => refusal(file, reason);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) throw refuse('it is empty');
  return lines.map((line, index) => {
    const policy = parsePolicy(line);
    if (policy === undefined)
      throw refuse(`line ${index + 1} is no policy with policyId, name and definition`);
    return policy;
  });
}

/**
 * The policy of a file: one that `policy show --json` has written, or a definition, whose mistakes have a place then.
 * @throws ConfigError when it cannot be read
 */
export function readPolicyText(folder: string, file: string): PolicyText {
  const text = readText(folder, file);
  const policy = policyOf(file, text);
  return policy === undefined || policy.definition === text
    ? { name: file, policyId: TRIAL, definition: text, isFile: true }
    : { ...policy, name: `policy ${policy.name}`, isFile: false };
}

function readText(folder: string, file: string): string {
  try {
    return readFileSync(resolve(folder, file), 'utf8');
  } catch (error) {
    throw refusal(file, refusalOfFile(error) ?? String(error));
  }
}

function refusal(file: string, reason: string): ConfigError {
  return new ConfigError(`Cannot read a policy from ${printableLine(file)}: ${reason}`, {
    code: 'HERMES_POLICY_FILE',
    nextStep:
      'Name a file with a definition (a JSON object of path → element), or one made by: hermes policy show TEAM --json > FILE',
  });
}

/**
 * A policy as `policy show --json` and the API of the workspace write it, or a definition on its own, under the name of
 * its file.
 * @returns undefined for what is neither, as several policies
 */
function policyOf(file: string, text: string): ClusterPolicy | undefined {
  try {
    const value = parseJson(text) as JsonObject;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    if ('definition' in value) return policyIn({ policyId: TRIAL, ...value });
    return { policyId: TRIAL, name: file, definition: text };
  } catch {
    return undefined;
  }
}

function parsePolicy(line: string): ClusterPolicy | undefined {
  try {
    return policyIn(parseJson(line) as JsonObject);
  } catch {
    return undefined;
  }
}

/** The API of the workspace gives the id another name. */
function policyIn({
  policyId,
  policy_id = policyId,
  name,
  definition,
}: JsonObject): ClusterPolicy | undefined {
  return typeof policy_id === 'string' && typeof name === 'string' && typeof definition === 'string'
    ? { policyId: policy_id, name, definition }
    : undefined;
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
  const policy =
    policies.find(({ policyId }) => id === policyId || policyId === TRIAL) ??
    (id === '' ? policies[0] : undefined);
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
