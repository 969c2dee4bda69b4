import type { KeyPair } from './sealed-secret.ts';

/** What a token may do, in GitHub's own words (https://docs.github.com/rest/authentication). */
export interface Token {
  readonly kind: 'classic' | 'fine-grained' | 'app' | 'actions';
  readonly login: string;
  /** Of a classic token, e.g. `repo`, `workflow`, `read:org`. */
  readonly scopes?: readonly string[];
  /** Of the other kinds, e.g. `contents: 'write'`. */
  readonly permissions?: Readonly<Record<string, Level>>;
  /** Names of the only repositories that it sees; absent: all of the organisation. */
  readonly repositories?: readonly string[];
  /** Organisations whose single sign-on it has not passed. */
  readonly unauthorisedFor?: readonly string[];
}
export type Level = 'read' | 'write' | 'admin';

export type Plan = 'free' | 'team' | 'enterprise';
export type Visibility = 'public' | 'private' | 'internal';
export type TeamPermission = 'pull' | 'triage' | 'push' | 'maintain' | 'admin';

export interface Organisation {
  readonly id: number;
  readonly login: string;
  readonly plan: Plan;
  /** Branch that a new repository starts with. */
  readonly defaultBranch: string;
  readonly membersMayCreate: boolean;
  readonly teams: Map<string, Team>;
}

export interface Team {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
}

export interface Variable {
  name: string;
  value: string;
  createdAt: Date;
  updatedAt: Date;
}

/** As it arrived: sealed. `reveal` of the double opens it. */
export interface Secret {
  readonly name: string;
  readonly sealed: string;
  readonly keyId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface Environment {
  readonly id: number;
  readonly name: string;
  policy: { readonly protected_branches: boolean; readonly custom_branch_policies: boolean } | null;
  readonly branchPolicies: { readonly id: number; name: string; readonly type: string }[];
  readonly variables: Map<string, Variable>;
  readonly secrets: Map<string, Secret>;
  readonly keys: KeyPair;
}

export interface Ruleset {
  readonly id: number;
  name: string;
  target: string;
  enforcement: string;
  conditions: Fields;
  rules: readonly Fields[];
  bypassActors: readonly Fields[];
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Pull {
  readonly number: number;
  readonly id: number;
  readonly author: string;
  title: string;
  body: string | null;
  readonly head: string;
  base: string;
  draft: boolean;
  state: 'open' | 'closed';
  mergedAt: Date | null;
  readonly comments: { readonly id: number; readonly login: string; readonly body: string }[];
  readonly labels: Set<string>;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Repository {
  readonly id: number;
  readonly owner: string;
  name: string;
  description: string | null;
  homepage: string | null;
  visibility: Visibility;
  archived: boolean;
  defaultBranch: string;
  readonly createdAt: Date;
  updatedAt: Date;
  pushedAt: Date;
  topics: readonly string[];
  readonly properties: Map<string, string | readonly string[] | null>;
  /** What PATCH may set and nothing here looks at: `has_wiki`, `allow_squash_merge`, … */
  readonly settings: Map<string, unknown>;
  /** Bare repository of git. */
  folder: string;
  /** True while another repository reads the same folder: the first write makes a copy. */
  shared: boolean;
  /** Requests for its content that still find it empty, as right after its creation. */
  lateContent: number;
  readonly teams: Map<string, TeamPermission>;
  readonly variables: Map<string, Variable>;
  readonly secrets: Map<string, Secret>;
  readonly keys: KeyPair;
  readonly environments: Map<string, Environment>;
  readonly rulesets: Map<number, Ruleset>;
  readonly pulls: Pull[];
  /** Writes happen one after the other. */
  turn: Promise<unknown>;
}

/** A JSON object whose fields are looked at one by one. */
export type Fields = Readonly<Record<string, unknown>>;

/** Everything that this GitHub knows. */
export interface State {
  readonly organisations: Map<string, Organisation>;
  /** By lower-case `owner/name`. */
  readonly repositories: Map<string, Repository>;
  /** Former names, lower-case, of renamed repositories. */
  readonly renamed: Map<string, Repository>;
  readonly tokens: Map<string, Token>;
  readonly root: string;
  readonly apiUrl: string;
  readonly gitUrl: string;
  readonly features: Features;
  /** Requests that find a fresh repository's content, and then the repository itself, not there yet. */
  readonly lateContent: number;
  readonly app: App | undefined;
  readonly now: () => Date;
  readonly nextId: () => number;
}

export interface App {
  readonly id: number;
  /** PEM of the key that its JWTs are signed for. */
  readonly publicKey: string;
  readonly organisation: string;
  readonly permissions: Readonly<Record<string, Level>>;
  readonly repositories?: readonly string[];
}

/** What a GitHub Enterprise Server of some age lacks. */
export interface Features {
  readonly rulesets: boolean;
  /** e.g. `3.17.2`; undefined on GitHub.com. */
  readonly enterpriseVersion: string | undefined;
}
