import { ConfigError } from '../../core/errors.ts';
import type { GitHub } from '../api/github-client.ts';
import { requestFailure } from '../api/request-failure.ts';
import {
  type FactsNode,
  factsQuery,
  ID_QUERY,
  IDS_QUERY,
  type IdNode,
  type IdsAnswer,
  repositoryOf,
} from './fleet-query.ts';
import { readTeams, type TeamsOf } from './github-teams.ts';
import {
  askGraphql,
  type GraphqlAnswer,
  type GraphqlError,
  isUnknownField,
  reasonsOf,
} from './graphql-answer.ts';
import type { FleetQuery, FleetRepository } from './repository-fleet.ts';

/** Repositories of one question: GitHub answers each within ten seconds, or not at all. */
const BATCH = 25;
/** Questions under way at once. */
const AT_ONCE = 4;

/**
 * The repositories of an owner in the order of their names, with what tells whether they drifted: about one request
 * for twenty of them. What the token may not see is not among them.
 * @throws ConfigError when there is no such owner, or a repository that was named does not exist
 */
export async function* listRepositories(
  github: GitHub,
  owner: string,
  query: FleetQuery,
  signal: AbortSignal,
): AsyncGenerator<FleetRepository> {
  const ids = await findIds(github, owner, query);
  const teams = readTeams(github, owner);
  // As below.
  teams.catch(() => {});
  const count = Math.ceil(ids.length / BATCH);
  const answers: Promise<FleetRepository[]>[] = [];
  for (let index = 0; index < count; index += 1) {
    while (answers.length < Math.min(count, index + AT_ONCE)) {
      const batch = ids.slice(answers.length * BATCH, (answers.length + 1) * BATCH);
      const answer = readFacts(github, batch, query);
      // Its failure is told when its turn comes.
      answer.catch(() => {});
      answers.push(answer);
    }
    signal.throwIfAborted();
    for (const found of (await answers[index]) ?? []) yield withTeams(found, await teams);
  }
}

function withTeams(repository: FleetRepository, teams: TeamsOf | undefined): FleetRepository {
  if (teams === undefined || repository.settings === undefined) return repository;
  return { ...repository, settings: { ...repository.settings, teams: teams(repository.name) } };
}

async function findIds(github: GitHub, owner: string, { names }: FleetQuery): Promise<readonly IdNode[]> {
  if (names !== undefined) return Promise.all(names.map((name) => findId(github, owner, name)));
  const ids: IdNode[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const answer: GraphqlAnswer<IdsAnswer> = await askGraphql(github, IDS_QUERY, { owner, after });
    const page = answer.data?.repositoryOwner?.repositories;
    if (page === undefined) throw noOwner(owner, answer);
    ids.push(...page.nodes.filter((node) => node !== null));
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  }
  return ids;
}

async function findId(github: GitHub, owner: string, name: string): Promise<IdNode> {
  const { data, errors } = await askGraphql<{ repository: IdNode | null }>(github, ID_QUERY, { owner, name });
  if (data?.repository) return data.repository;
  throw new ConfigError(`Cannot find repository ${owner}/${name}: ${reasonsOf(errors)}`, {
    code: 'HERMES_NO_REPOSITORY',
    nextStep: 'Check the name; a token sees only the repositories that it was given.',
  });
}

function noOwner(owner: string, { errors }: GraphqlAnswer<unknown>): ConfigError {
  const reason =
    errors.length === 0 ? 'GitHub knows no organisation or user of that name.' : reasonsOf(errors);
  return new ConfigError(`Cannot list the repositories of ${owner}: ${reason}`, {
    code: 'HERMES_NO_ORGANISATION',
    nextStep: 'Check the name, and that the token may see the organisation.',
  });
}

/** A question that is too much for GitHub is asked in halves; of a single repository it is that one's trouble. */
async function readFacts(
  github: GitHub,
  ids: readonly IdNode[],
  query: FleetQuery,
  withSettings = true,
): Promise<FleetRepository[]> {
  if (ids.length === 0) return [];
  const text = factsQuery(query, withSettings);
  let reason: string;
  try {
    const answer = await askGraphql<FactsAnswer>(github, text, { ids: ids.map(({ id }) => id) });
    if (answer.data?.nodes !== undefined) return ids.map((id, index) => factsOf(id, index, answer, query));
    if (withSettings && answer.errors.some(isUnknownField)) return readFacts(github, ids, query, false);
    reason = reasonsOf(answer.errors);
  } catch (error) {
    const failure = requestFailure(error);
    if (failure === undefined || failure.status < 500) throw error;
    reason = failure.message;
  }
  if (ids.length === 1) return ids.map((id) => unreadable(id, reason));
  const half = Math.ceil(ids.length / 2);
  return [
    ...(await readFacts(github, ids.slice(0, half), query, withSettings)),
    ...(await readFacts(github, ids.slice(half), query, withSettings)),
  ];
}

interface FactsAnswer {
  readonly nodes: readonly (FactsNode | null)[];
}

function factsOf(
  id: IdNode,
  index: number,
  { data, errors }: GraphqlAnswer<FactsAnswer>,
  query: FleetQuery,
): FleetRepository {
  const own = errors.filter(({ path }) => path?.[0] === 'nodes' && path[1] === index);
  const node = data?.nodes[index];
  const fatal = own.filter((error) => !isAboutSettings(error));
  if (!node || fatal.length > 0) return unreadable(id, reasonsOf(fatal.length > 0 ? fatal : own));
  return repositoryOf(node, query);
}

/** What a token may not see of the settings leaves the rest as it is. */
function isAboutSettings({ path }: GraphqlError): boolean {
  return ['environments', 'rulesets', 'pullRequests'].includes(String(path?.[2]));
}

function unreadable({ id, name, isArchived }: IdNode, trouble: string): FleetRepository {
  return {
    id,
    name,
    webUrl: '',
    isArchived,
    defaultBranch: '',
    head: undefined,
    record: undefined,
    files: new Map(),
    trouble: trouble === '' ? 'GitHub does not say why.' : trouble,
  };
}
