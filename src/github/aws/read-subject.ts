import { ConfigError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { absentRepository } from '../api/absent-repository.ts';
import type { GitHub } from '../api/github-client.ts';
import { githubFailure } from '../api/github-failure.ts';
import type { Right } from '../api/missing-right.ts';
import { requestFailure } from '../api/request-failure.ts';
import { type RepositoryIds, subjectByName, subjectWithIds, type TokenSubject } from './token-subject.ts';

const READ_RIGHT: Right = { permissions: ['Metadata: read', 'Actions: read'], scopes: ['repo'] };
const BY_HAND = 'Or say it yourself: --org-id with --repo-id, or --by-name.';
/** From this instant on new repositories of github.com have their numbers in `sub`. */
const WITH_IDS_SINCE = Date.parse('2026-07-15T00:00:00Z');

/**
 * Asks GitHub how the jobs of a repository name it in their tokens. GitHub says so itself; one that does not (GitHub
 * Enterprise Server, an older API) names repositories as it did before 2026-07-15.
 * https://docs.github.com/en/rest/actions/oidc#get-the-customization-template-for-an-oidc-subject-claim-for-a-repository
 * @throws ConfigError for a repository whose tokens have a form of its own
 */
export async function readSubject(github: GitHub, owner: string, name: string): Promise<TokenSubject> {
  try {
    const place = { owner, repo: name };
    const { data } = await github.request('GET /repos/{owner}/{repo}', place);
    const route = 'GET /repos/{owner}/{repo}/actions/oidc/customization/sub';
    const { data: form } = await github.request(route, place);
    const ids = { owner: String(data.owner.id), repository: String(data.id) };
    const usesIds = form.use_immutable_subject ?? isNew(github, data.created_at);
    return subjectOf({ owner: data.owner.login, name: data.name, ids, usesIds }, form);
  } catch (error) {
    const action = `read how ${owner}/${name} names itself in tokens`;
    const failed = { github, owner, action, right: READ_RIGHT };
    const failure = requestFailure(error);
    if (failure?.status === 404 && failure.path.endsWith(`/repos/${owner}/${name}`))
      throw await absentRepository({ ...failed, name, otherwise: BY_HAND }, failure);
    throw githubFailure(error, { ...failed, again: BY_HAND });
  }
}

interface Repository {
  readonly owner: string;
  readonly name: string;
  readonly ids: RepositoryIds;
  /** Unless GitHub says the beginning of its `sub`. */
  readonly usesIds: boolean;
}

interface SubjectForm {
  readonly use_default: boolean;
  readonly use_immutable_subject?: boolean;
  readonly sub_claim_prefix?: string;
}

function subjectOf(repository: Repository, form: SubjectForm): TokenSubject {
  const { owner, name, ids } = repository;
  const forms = [subjectWithIds(owner, name, ids), subjectByName(owner, name, ids)];
  const prefix = form.sub_claim_prefix;
  const said = prefix === undefined ? undefined : forms.find((one) => one.prefix === prefix);
  if (form.use_default !== true || (prefix !== undefined && said === undefined)) {
    throw ownForm(`${owner}/${name}`, prefix);
  }
  return said ?? (repository.usesIds ? subjectWithIds : subjectByName)(owner, name, ids);
}

function isNew({ webUrl }: GitHub, createdAt: string | null | undefined): boolean {
  return webUrl === 'https://github.com' && Date.parse(createdAt ?? '') >= WITH_IDS_SINCE;
}

function ownForm(repository: string, prefix: string | undefined): ConfigError {
  return new ConfigError(
    `Cannot tell how ${repository} names itself in tokens: its claim sub has a form of its own.`,
    {
      code: 'HERMES_GITHUB_SUBJECT',
      facts: { begins: prefix === undefined ? undefined : printableLine(prefix) },
      nextStep: `Give it GitHub's own form back: gh api --method PUT repos/${repository}/actions/oidc/customization/sub -F use_default=true`,
    },
  );
}
