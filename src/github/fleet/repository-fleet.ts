import type { Identity } from '../git/identity.ts';

/** The branch on which updates are offered; Hermes' own as long as nobody else commits to it. */
export const UPDATE_BRANCH = 'hermes/update';

/** A file of a tree; folders are left out. */
export interface TreeFile {
  /** Id of its content. */
  readonly blob: string;
  readonly mode: '100644' | '100755' | '120000' | '160000';
}

/** What a host keeps of a repository beside its content; what it does not say is undefined. */
interface SeenSettings {
  readonly environments?: readonly SeenEnvironment[];
  /** Also those that are not in force. */
  readonly rulesets?: readonly SeenRuleset[];
  /** Slugs of the teams that may push. */
  readonly teams?: readonly string[];
}

/** An environment of a repository. */
interface SeenEnvironment {
  readonly name: string;
  /** Whether only some branches may use it. */
  readonly isLimited: boolean;
  /** Whether somebody has to agree, or some time to pass. */
  readonly hasGuards: boolean;
}

/** Rules for changes of branches. */
export interface SeenRuleset {
  readonly name: string;
  readonly isActive: boolean;
  /** Branches: `~DEFAULT_BRANCH`, `~ALL`, `refs/heads/main`, or a pattern. */
  readonly includes: readonly string[];
  readonly excludes: readonly string[];
  /** `pull_request`, `deletion`, as GitHub's REST API calls them. */
  readonly rules: readonly string[];
  /** What its rule `pull_request` asks for. */
  readonly reviews?: {
    readonly approvals: number;
    readonly byOwners: boolean;
    /** Whether a push ends what was approved before it. */
    readonly dropsStale: boolean;
  };
  /** Jobs of CI that must have passed. */
  readonly checks: readonly string[];
  /** Who need not keep to it: `organization admins`. Undefined when the token may not see that. */
  readonly bypass?: readonly string[];
}

/** An update that was offered as a pull request. */
export interface SeenUpdate {
  /** GitHub's own, for what only GraphQL does. */
  readonly id: string;
  readonly number: number;
  readonly url: string;
  readonly state: 'open' | 'closed' | 'merged';
  readonly isDraft: boolean;
  /** Newest commit of its branch. */
  readonly commit: string;
  /** What names the change that it offers; undefined when its text was rewritten. */
  readonly digest: string | undefined;
}

/** A repository of a fleet, with what tells whether it drifted. */
export interface FleetRepository {
  /** GitHub's own, for what only GraphQL does; a path. */
  readonly id: string;
  /** `weather` */
  readonly name: string;
  /** What its host says of it in a sentence. */
  readonly description?: string;
  /** A page, or a path. */
  readonly webUrl: string;
  readonly isArchived: boolean;
  readonly defaultBranch: string;
  /** Commit of the default branch; undefined when the repository is empty. */
  readonly head: string | undefined;
  /** Text of the record of its template; undefined = not made by Hermes. */
  readonly record: string | undefined;
  /** Its files, by their paths: at least those at the root and in the folders that were asked for. */
  readonly files: ReadonlyMap<string, TreeFile>;
  readonly settings?: SeenSettings;
  /** The newest one. */
  readonly update?: SeenUpdate;
  /** Why it could not be read. */
  readonly trouble?: string;
}

/** Which repositories, and what of them. */
export interface FleetQuery {
  /** Path of the record. */
  readonly record: string;
  /** Folders whose files are listed, beside the root. */
  readonly folders: readonly string[];
  /** Only these; absent = all. */
  readonly names?: readonly string[];
}

/** A change that is offered to a repository. */
export interface Proposal {
  /** Commit of the default branch that it is made for. */
  readonly head: string;
  /** `bytes` undefined = deleted. None at all = the repository has caught up, and what was offered is withdrawn. */
  readonly changes: readonly {
    readonly path: string;
    readonly bytes: Buffer | undefined;
    readonly executable: boolean;
  }[];
  readonly title: string;
  /** Markdown, for people. */
  readonly body: string;
  /** A person has to finish it before it can be merged. */
  readonly isDraft: boolean;
  readonly identity: Identity;
}

/**
 * What became of a proposal. `current`: it stands already. `left`: somebody else commits to its branch, or has turned the
 * same one down. `withdrawn`: what was offered is closed. `nothing`: there is nothing to offer or to withdraw.
 */
export interface ProposalOutcome {
  readonly outcome: 'opened' | 'refreshed' | 'current' | 'left' | 'withdrawn' | 'nothing';
  /** Where people look at it. */
  readonly url?: string;
  readonly reason?: string;
}

/** Why a change is left alone that was turned down. */
export const CLOSED = 'it was closed; reopen it to take it after all';

/** Repositories that are kept up to date together: those of an organisation, of this disk, or one clone. */
export interface RepositoryFleet {
  /** All repositories, those of Hermes and others, each as soon as it is known; one that fails carries its trouble. */
  list(query: FleetQuery, signal: AbortSignal): AsyncIterable<FleetRepository>;
  /** Every file at the head of the default branch. */
  readFiles(repository: FleetRepository, signal: AbortSignal): Promise<ReadonlyMap<string, TreeFile>>;
  /** A content by its id; undefined when the repository does not have it (any more). */
  readBlob(repository: FleetRepository, blob: string, signal: AbortSignal): Promise<Buffer | undefined>;
  /** Ids of the contents that a file had, newest first. */
  readHistory(repository: FleetRepository, path: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Branches that an environment lets in, none when it goes by another rule; undefined when the host does not say. */
  readEnvironment(
    repository: FleetRepository,
    environment: string,
    signal: AbortSignal,
  ): Promise<readonly string[] | undefined>;
  /** Offers a change on {@link UPDATE_BRANCH}, refreshes or withdraws what was offered; never touches another branch. */
  propose(repository: FleetRepository, proposal: Proposal, signal: AbortSignal): Promise<ProposalOutcome>;
}
