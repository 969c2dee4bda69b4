import type { GitHub } from '../api/github-client.ts';
import { askGraphql } from './graphql-answer.ts';

const TEAMS_QUERY = `query ($owner: String!, $after: String) {
  organization(login: $owner) {
    teams(first: 50, after: $after) {
      pageInfo { hasNextPage endCursor }
      nodes {
        slug
        repositories(first: 100) {
          pageInfo { hasNextPage }
          edges { permission node { name } }
        }
      }
    }
  }
}`;

interface TeamsAnswer {
  readonly organization: {
    readonly teams: {
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
      readonly nodes: readonly (TeamNode | null)[];
    };
  } | null;
}

interface TeamNode {
  readonly slug: string;
  readonly repositories: {
    readonly pageInfo: { readonly hasNextPage: boolean };
    readonly edges:
      | readonly { readonly permission: string; readonly node: { readonly name: string } }[]
      | null;
  } | null;
}

/** Permissions that let a team push. */
const PUSHES: ReadonlySet<string> = new Set(['WRITE', 'MAINTAIN', 'ADMIN']);

/** Slugs of the teams that may push to a repository; a team of more than a hundred repositories may count for all. */
export type TeamsOf = (repository: string) => readonly string[];

/**
 * Who may push where, for a whole organisation: one request for fifty teams.
 * @returns undefined when the token may not see it, or the owner is no organisation
 */
export async function readTeams(github: GitHub, owner: string): Promise<TeamsOf | undefined> {
  const pushing = new Map<string, string[]>();
  const everywhere: string[] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const answer: { readonly data: TeamsAnswer | undefined } = await askGraphql(github, TEAMS_QUERY, {
      owner,
      after,
    });
    const teams = answer.data?.organization?.teams;
    if (teams === undefined) return undefined;
    for (const team of teams.nodes) {
      if (team?.repositories == null) return undefined;
      const { slug, repositories } = team;
      if (repositories.pageInfo.hasNextPage) everywhere.push(slug);
      for (const { permission, node } of repositories.edges ?? [])
        if (PUSHES.has(permission)) pushing.set(node.name, [...(pushing.get(node.name) ?? []), slug]);
    }
    after = teams.pageInfo.hasNextPage ? teams.pageInfo.endCursor : null;
  }
  return (repository) => [...(pushing.get(repository) ?? []), ...everywhere];
}
