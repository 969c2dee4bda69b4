import { type FleetQuery, type FleetRepository, type TreeFile, UPDATE_BRANCH } from './repository-fleet.ts';
import { type EnvironmentNode, environmentOf, type RulesetNode, rulesetOf } from './settings-node.ts';
import { digestInText } from './update-mark.ts';

/** One page of the ids of an owner's repositories. */
export const IDS_QUERY = `query ($owner: String!, $after: String) {
  repositoryOwner(login: $owner) {
    repositories(first: 100, after: $after, ownerAffiliations: [OWNER], orderBy: { field: NAME, direction: ASC }) {
      pageInfo { hasNextPage endCursor }
      nodes { id name isArchived }
    }
  }
}`;

/** The id of one repository. */
export const ID_QUERY = `query ($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) { id name isArchived }
}`;

/** Settings that guard the default branch and the secrets of environments. */
const SETTINGS = `environments(first: 30) { nodes { name protectionRules(first: 10) { nodes { type } } } }
    rulesets(first: 30, includeParents: true) { nodes {
      name enforcement
      conditions { refName { include exclude } }
      bypassActors(first: 20) { nodes { organizationAdmin enterpriseOwner deployKey repositoryRoleName actor { __typename } } }
      rules(first: 50) { nodes { type parameters {
        ... on RequiredStatusChecksParameters { requiredStatusChecks { context } }
        ... on PullRequestParameters { requiredApprovingReviewCount requireCodeOwnerReview dismissStaleReviewsOnPush }
      } } }
    } }`;

/**
 * What tells whether repositories drifted, for many at once: `$ids`.
 * @param withSettings False for a server whose GraphQL does not know all of them.
 */
export function factsQuery({ folders, record }: FleetQuery, withSettings: boolean): string {
  const trees = ['', ...folders].map(
    (folder, index) => `tree${index}: object(expression: ${JSON.stringify(`HEAD:${folder}`)}) { ...files }`,
  );
  return `query ($ids: [ID!]!) { nodes(ids: $ids) { ...facts } }
fragment facts on Repository {
    id
    name
    description
    url
    isArchived
    defaultBranchRef { name target { oid } }
    record: object(expression: ${JSON.stringify(`HEAD:${record}`)}) { ... on Blob { text } }
    ${trees.join('\n    ')}
    ${withSettings ? SETTINGS : ''}
    pullRequests(headRefName: ${JSON.stringify(UPDATE_BRANCH)}, last: 5, orderBy: { field: CREATED_AT, direction: ASC }) {
      nodes { id number url state isDraft isCrossRepository headRefOid body }
    }
}
fragment files on Tree { entries { name oid mode type } }`;
}

/** What {@link IDS_QUERY} answers. */
export interface IdsAnswer {
  readonly repositoryOwner: {
    readonly repositories: {
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      readonly nodes: readonly (IdNode | null)[];
    };
  } | null;
}

/** The name and the id of a repository. */
export interface IdNode {
  readonly id: string;
  readonly name: string;
  readonly isArchived: boolean;
}

interface TreeNode {
  readonly entries?: readonly {
    readonly name: string;
    readonly oid: string;
    readonly mode: number;
    readonly type: string;
  }[];
}

/** A repository as {@link factsQuery} has it. */
export interface FactsNode {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly url: string;
  readonly isArchived: boolean;
  readonly defaultBranchRef: { readonly name: string; readonly target: { readonly oid: string } } | null;
  readonly record: { readonly text?: string | null } | null;
  readonly environments?: { readonly nodes: readonly EnvironmentNode[] } | null;
  readonly rulesets?: { readonly nodes: readonly (RulesetNode | null)[] } | null;
  readonly pullRequests: {
    readonly nodes: readonly {
      readonly id: string;
      readonly number: number;
      readonly url: string;
      readonly state: 'OPEN' | 'CLOSED' | 'MERGED';
      readonly isDraft: boolean;
      readonly isCrossRepository: boolean;
      readonly headRefOid: string;
      readonly body: string;
    }[];
  } | null;
}

/** The repository that a node describes. */
export function repositoryOf(node: FactsNode, { folders }: FleetQuery): FleetRepository {
  const { id, name, url, isArchived, defaultBranchRef, record, environments, rulesets } = node;
  const trees = ['', ...folders].flatMap((folder, index) => {
    const tree = (node as unknown as Record<string, TreeNode | null>)[`tree${index}`];
    return filesOf(tree, folder);
  });
  const offered = node.pullRequests?.nodes.filter((pull) => !pull.isCrossRepository).at(-1);
  return {
    id,
    name,
    ...(node.description === null ? {} : { description: node.description }),
    webUrl: url,
    isArchived,
    defaultBranch: defaultBranchRef?.name ?? '',
    head: defaultBranchRef?.target.oid,
    record: record?.text ?? undefined,
    files: new Map(trees),
    settings: {
      ...(environments ? { environments: environments.nodes.map(environmentOf) } : {}),
      ...(rulesets
        ? { rulesets: rulesets.nodes.flatMap((one) => (one === null ? [] : [rulesetOf(one)])) }
        : {}),
    },
    ...(offered === undefined ? {} : { update: updateOf(offered) }),
  };
}

type PullNode = NonNullable<FactsNode['pullRequests']>['nodes'][number];

function updateOf({ id, number, url, state, isDraft, headRefOid, body }: PullNode) {
  const states = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const;
  return { id, number, url, state: states[state], isDraft, commit: headRefOid, digest: digestInText(body) };
}

function filesOf(tree: TreeNode | null | undefined, folder: string): [string, TreeFile][] {
  return (tree?.entries ?? [])
    .filter(({ type }) => type !== 'tree')
    .map(({ name, oid, mode }) => [
      folder === '' ? name : `${folder}/${name}`,
      { blob: oid, mode: mode.toString(8) as TreeFile['mode'] },
    ]);
}
