import { holds } from './access.ts';
import { changing } from './bare-repository.ts';
import { isFields, text } from './fields.ts';
import { gitBytes, gitMaybe, gitText } from './git-process.ts';
import { headOf, noticePush } from './git-state.ts';
import { executeGraphql, GraphqlRefusal } from './graphql-engine.ts';
import { describeSettings } from './graphql-settings.ts';
import { ok, refuse } from './reply.ts';
import { type Call, organisationPlan, type Route, route } from './route.ts';
import { checkRules } from './rules.ts';
import type { Pull, Repository, State } from './state.ts';

/** One question that may be anything; an own server has it below `/api` (https://docs.github.com/graphql). */
export const graphqlRoutes: readonly Route[] = ['/graphql', '/api/graphql'].map((path) => ({
  ...route('POST', path, undefined, async (call) => {
    if (call.token === undefined) throw refuse(401, 'Requires authentication');
    const variables = isFields(call.body.variables) ? call.body.variables : {};
    return ok(await executeGraphql(questionOf(call), variables, root(call)));
  }),
  createsContent: false,
}));

/** An older server does not know rulesets, nor how to move refs. */
function questionOf({ state, body }: Call): string {
  const question = text(body, 'query');
  return state.features.rulesets
    ? question
    : question.replace('rulesets(', 'rulesetsOfTomorrow(').replace('updateRefs(', 'updateRefsOfTomorrow(');
}

function root(call: Call) {
  const { state } = call;
  return {
    repositoryOwner: ({ login }: { readonly login: string }) => {
      const organisation = state.organisations.get(login.toLowerCase());
      if (organisation === undefined) return null;
      const own = visible(call).filter(({ owner }) => owner.toLowerCase() === login.toLowerCase());
      return { __typename: 'Organization', repositories: (page: Page) => paged(call, own, page) };
    },
    organization: ({ login }: { readonly login: string }) => organizationOf(call, login),
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) => {
      const found = visible(call).find(
        (one) => `${one.owner}/${one.name}`.toLowerCase() === `${owner}/${name}`.toLowerCase(),
      );
      if (found !== undefined) return describe(call, found);
      const message = `Could not resolve to a Repository with the name '${owner}/${name}'.`;
      throw new GraphqlRefusal('NOT_FOUND', message);
    },
    nodes: ({ ids }: { readonly ids: readonly string[] }) => ids.map((id) => nodeOf(call, id)),
    updateRefs: (given: { readonly input: RefsInput }) => updateRefs(call, given.input),
    convertPullRequestToDraft: ({ input }: PullInput) => setDraft(call, input.pullRequestId, true),
    markPullRequestReadyForReview: ({ input }: PullInput) => setDraft(call, input.pullRequestId, false),
  };
}

/** Its teams, for a token that may see them. */
function organizationOf({ state, token }: Call, login: string) {
  const found = state.organisations.get(login.toLowerCase());
  if (found === undefined)
    throw new GraphqlRefusal(
      'NOT_FOUND',
      `Could not resolve to an Organization with the login of '${login}'.`,
    );
  if (token === undefined || !holds(token, { permission: 'members', level: 'read', scope: 'read:org' }))
    throw new GraphqlRefusal('FORBIDDEN', 'Resource not accessible by personal access token');
  const repositories = [...state.repositories.values()].filter(({ owner }) => owner === found.login);
  const nodes = [...found.teams.values()].map(({ slug }) => ({
    slug,
    repositories: () => ({
      pageInfo: { hasNextPage: false },
      edges: repositories.flatMap(({ name, teams }) => {
        const permission = PERMISSIONS[teams.get(slug) ?? ''];
        return permission === undefined ? [] : [{ permission, node: { name } }];
      }),
    }),
  }));
  return { teams: () => ({ pageInfo: { hasNextPage: false, endCursor: null }, nodes }) };
}

const PERMISSIONS: Readonly<Record<string, string>> = {
  pull: 'READ',
  triage: 'TRIAGE',
  push: 'WRITE',
  maintain: 'MAINTAIN',
  admin: 'ADMIN',
};

interface Page {
  readonly first: number;
  readonly after?: string | null;
}

interface PullInput {
  readonly input: { readonly pullRequestId: string };
}

interface RefsInput {
  readonly repositoryId: string;
  readonly refUpdates: readonly {
    readonly name: string;
    readonly beforeOid: string;
    readonly afterOid: string;
    readonly force?: boolean;
  }[];
}

function visible({ state, token }: Call): Repository[] {
  return [...state.repositories.values()].filter(
    ({ name, visibility }) =>
      visibility === 'public' || token?.repositories === undefined || token.repositories.includes(name),
  );
}

function paged(call: Call, all: readonly Repository[], { first, after }: Page) {
  const sorted = all.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const start = after === undefined || after === null ? 0 : Number(after);
  const end = start + first;
  return {
    totalCount: all.length,
    pageInfo: { hasNextPage: end < all.length, endCursor: String(end) },
    nodes: sorted.slice(start, end).map((one) => describe(call, one)),
  };
}

function nodeOf(call: Call, id: string) {
  const found = visible(call).find((one) => `R_${one.id}` === id);
  if (found !== undefined) return describe(call, found);
  throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}

function describe({ state }: Call, repository: Repository) {
  const { id, owner, name, archived, defaultBranch } = repository;
  let known: Promise<string | undefined> | undefined;
  const head = () => {
    known ??= headOf(repository, defaultBranch);
    return known;
  };
  return {
    __typename: 'Repository',
    id: `R_${id}`,
    name,
    description: repository.description,
    url: `${state.gitUrl}/${owner}/${name}`,
    isArchived: archived,
    defaultBranchRef: async () => {
      const oid = await head();
      return oid === undefined ? null : { name: defaultBranch, target: { __typename: 'Commit', oid } };
    },
    object: async ({ expression }: { readonly expression: string }) =>
      objectOf(repository, await head(), expression),
    ...describeSettings(repository),
    pullRequests: ({ headRefName, last }: { readonly headRefName?: string; readonly last: number }) => ({
      nodes: repository.pulls
        .filter((pull) => headRefName === undefined || pull.head === headRefName)
        .slice(-last)
        .map((pull) => describePull(state, repository, pull)),
    }),
  };
}

function describePull(state: State, repository: Repository, pull: Pull) {
  return {
    id: `PR_${pull.id}`,
    number: pull.number,
    url: `${state.gitUrl}/${repository.owner}/${repository.name}/pull/${pull.number}`,
    state: pull.mergedAt !== null ? 'MERGED' : pull.state.toUpperCase(),
    isDraft: pull.draft,
    isCrossRepository: false,
    headRefOid: async () => (await headOf(repository, pull.head)) ?? '0'.repeat(40),
    body: pull.body ?? '',
  };
}

const answered = new Map<string, Promise<object | null>>();

/** What an expression means in this commit; copies of a repository share the answer. */
async function objectOf(
  repository: Repository,
  head: string | undefined,
  expression: string,
): Promise<object | null> {
  if (head === undefined) return null;
  const name = expression.replace(/^HEAD:/, `${head}:`);
  const known = answered.get(name) ?? readObject(repository.folder, name);
  answered.set(name, known);
  return known;
}

async function readObject(folder: string, name: string): Promise<object | null> {
  const type = await gitMaybe(folder, ['cat-file', '-t', name]);
  if (type === 'blob')
    return { __typename: 'Blob', text: (await gitBytes(folder, ['cat-file', 'blob', name])).toString() };
  if (type !== 'tree') return null;
  const lines = (await gitText(folder, ['ls-tree', '-z', name])).split('\0').filter((line) => line !== '');
  const entries = lines.map((line) => {
    const [, mode = '', kind = '', oid = '', path = ''] = /^(\d+) (\w+) (\w+)\t(.*)$/s.exec(line) ?? [];
    return { name: path, oid, mode: Number.parseInt(mode, 8), type: kind };
  });
  return { __typename: 'Tree', entries };
}

/** https://docs.github.com/graphql/reference/mutations#updaterefs */
async function updateRefs(call: Call, { repositoryId, refUpdates }: RefsInput) {
  const repository = visible(call).find((one) => `R_${one.id}` === repositoryId);
  if (repository === undefined) throw new GraphqlRefusal('NOT_FOUND', `Could not resolve '${repositoryId}'`);
  await changing(repository, async () => {
    for (const { name, beforeOid, afterOid, force = false } of refUpdates) {
      const branch = name.replace('refs/heads/', '');
      const stands = (await headOf(repository, branch)) ?? '0'.repeat(40);
      if (stands !== beforeOid)
        throw new GraphqlRefusal(
          'UNPROCESSABLE',
          `Expected ${name} to point to "${beforeOid}" but it did not.`,
        );
      checkRules(repository, branch, force ? 'force' : 'move');
      await gitText(repository.folder, ['update-ref', name, afterOid]);
    }
    noticePush(call.state, repository);
  });
  return { clientMutationId: null };
}

function setDraft(call: Call, id: string, draft: boolean) {
  for (const repository of visible(call))
    for (const pull of repository.pulls.filter((one) => `PR_${one.id}` === id)) {
      const isFree = repository.visibility !== 'public' && organisationPlan(call, repository) === 'free';
      if (draft && isFree)
        throw new GraphqlRefusal(
          'UNPROCESSABLE',
          'Draft pull requests are not supported in this repository.',
        );
      pull.draft = draft;
      return { pullRequest: describePull(call.state, repository, pull) };
    }
  throw new GraphqlRefusal('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'`);
}
