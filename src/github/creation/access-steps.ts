import { requestFailure } from '../api/request-failure.ts';
import { type CreationStep, call, leftAlone, type Target } from './creation-step.ts';
import type { FoundSettings } from './found-settings.ts';
import { sealSecret } from './sealed-secret.ts';

/** Lets the team push; administration stays with the organisation. */
export function teamStep(
  owner: string,
  name: string,
  team: string,
  { isTeamsOwn }: FoundSettings,
): CreationStep {
  const path = `/orgs/${owner}/teams/${team}/repos/${owner}/${name}`;
  return {
    name: 'team',
    purpose: `team ${team} may push`,
    action: `let team ${team} push to ${owner}/${name}`,
    right: { permissions: ['Administration: write', 'Members: read'], scopes: ['repo', 'read:org'] },
    calls: isTeamsOwn ? [] : [call('PUT', path)],
    isDone: isTeamsOwn,
    apply: async ({ github }) => {
      await github.request('PUT /orgs/{org}/teams/{team_slug}/repos/{owner}/{repo}', {
        org: owner,
        team_slug: team,
        owner,
        repo: name,
        permission: 'push',
      });
      return undefined;
    },
  };
}

/** One variable of CI. One that stands with another value stays. */
export function variableStep(
  owner: string,
  name: string,
  variable: string,
  value: string,
  found: FoundSettings,
): CreationStep {
  // GitHub writes names of variables and secrets in capitals.
  const key = variable.toUpperCase();
  const is = found.variables.get(key);
  const isDone = is === value;
  const base = {
    name: `variable ${key}`,
    action: `set the variable ${key} of ${owner}/${name}`,
    right: { permissions: ['Variables: write'], scopes: ['repo'] },
  };
  if (is !== undefined && !isDone) return leftAlone(base, otherValue(is));
  return {
    ...base,
    purpose: value,
    calls: isDone ? [] : [call('POST', `/repos/${owner}/${name}/actions/variables`)],
    isDone,
    apply: (target) => setVariable(target, key, value),
  };
}

async function setVariable(
  { github, owner, wanted }: Target,
  name: string,
  value: string,
): Promise<string | undefined> {
  const place = { owner, repo: wanted.name };
  try {
    await github.request('POST /repos/{owner}/{repo}/actions/variables', { ...place, name, value });
    return undefined;
  } catch (error) {
    if (requestFailure(error)?.status !== 409) throw error;
  }
  const { data } = await github.request('GET /repos/{owner}/{repo}/actions/variables/{name}', {
    ...place,
    name,
  });
  return data.value === value ? undefined : otherValue(data.value);
}

function otherValue(value: string): string {
  return `it stands with another value, ${JSON.stringify(value)}, and stays`;
}

/** One secret of CI, sealed for GitHub's eyes only. One that stands stays. */
export function secretStep(owner: string, name: string, secret: string, found: FoundSettings): CreationStep {
  const key = secret.toUpperCase();
  const isDone = found.secrets.has(key);
  const path = `/repos/${owner}/${name}/actions/secrets`;
  return {
    name: `secret ${key}`,
    purpose: 'sealed with the key of the repository',
    action: `set the secret ${key} of ${owner}/${name}`,
    right: { permissions: ['Secrets: write'], scopes: ['repo'] },
    calls: isDone ? [] : [call('GET', `${path}/public-key`), call('PUT', `${path}/${key}`)],
    isDone,
    apply: async ({ github, wanted }) => {
      const place = { owner, repo: name };
      const { data } = await github.request('GET /repos/{owner}/{repo}/actions/secrets/public-key', place);
      await github.request('PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}', {
        ...place,
        secret_name: key,
        encrypted_value: await sealSecret(wanted.settings.secrets[secret] ?? '', data.key),
        key_id: data.key_id,
      });
      return undefined;
    },
  };
}
