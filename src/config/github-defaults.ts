import { z } from 'zod';
import {
  branchProblem,
  hostProblem,
  organisationProblem,
  settingNameProblem,
  settingValueProblem,
  teamSlugProblem,
} from '../core/github-names.ts';

const variables = z.record(checked(settingNameProblem), checked(settingValueProblem));

/** Section `github` of the platform's file, with the name of the team filled in. */
export const githubDefaultsSchema = z.strictObject({
  org: checked(organisationProblem).optional(),
  host: checked(hostProblem).optional(),
  team: checked(teamSlugProblem).optional(),
  visibility: z.enum(['private', 'internal', 'public']).optional(),
  default_branch: checked(branchProblem).optional(),
  variables: z.strictObject({ product: variables.optional(), airflow: variables.optional() }).optional(),
});

/** As the file writes it. */
export type GitHubSection = z.infer<typeof githubDefaultsSchema>;

/** What the platform wants of every repository on GitHub; what is absent has a default of Hermes. */
export interface GitHubDefaults {
  /** The organisation. Where it is named, repositories are made on GitHub. */
  readonly org?: string;
  /** Of GitHub Enterprise: `github.acme.com`. */
  readonly host?: string;
  /** Slug of the team on GitHub. */
  readonly team?: string;
  readonly visibility?: 'private' | 'internal' | 'public';
  readonly defaultBranch?: string;
  /** Variables of CI by kind of repository. */
  readonly variables: Readonly<Record<'product' | 'airflow', Readonly<Record<string, string>>>>;
  /** Artifact store of each environment that the file describes. */
  readonly stores?: Readonly<Record<string, string>>;
}

/** The section in the words of the code. */
export function githubDefaults(
  given: GitHubSection,
  stores: Readonly<Record<string, string>>,
): GitHubDefaults {
  const { org, host, team, visibility, default_branch: defaultBranch, variables: own = {} } = given;
  return {
    ...(org === undefined ? {} : { org }),
    ...(host === undefined ? {} : { host }),
    ...(team === undefined ? {} : { team }),
    ...(visibility === undefined ? {} : { visibility }),
    ...(defaultBranch === undefined ? {} : { defaultBranch }),
    variables: { product: own.product ?? {}, airflow: own.airflow ?? {} },
    stores,
  };
}

function checked(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}
