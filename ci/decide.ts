import { ConfigError } from '../src/core/errors.ts';
import { printableLine } from '../src/core/printable.ts';
import type { CiEvent } from './detect-ci.ts';
import type { RepositoryFacts } from './repository-facts.ts';

/** What a publish will do, and why. */
export type Decision =
  | {
      readonly kind: 'release' | 'feature';
      /** Branch without `refs/heads/`. */
      readonly branch: string;
      readonly commit: string;
      /** Why, as a log says it: `push to master, the default branch`. */
      readonly reason: string;
    }
  | { readonly kind: 'nothing'; readonly reason: string };

type CiFacts = Omit<CiEvent, 'evidence'>;

const MAX_LISTED_FILES = 20;

/**
 * Decides what may be published, and where: a release goes to development and production, a feature build to
 * development only. A release needs all of: a push, to the default branch, by a commit that the remote's default
 * branch holds. Whatever is unclear publishes nothing.
 * @param aim what the caller wants of the decision, for the errors
 * @throws ConfigError by hand only: for files that are not committed, and for a detached HEAD
 */
export function decidePublish(event: CiFacts, facts: RepositoryFacts, aim = 'publish by hand'): Decision {
  switch (event.kind) {
    case 'pull-request':
      return nothing('a pull request is tested, never published');
    case 'tag':
      return nothing('a tag publishes nothing; a release is a push to the default branch');
    case 'unclear':
      return nothing(`it is unclear what to publish: ${event.reason}`);
    case 'push':
      return decidePush(event, facts);
    case 'hand':
      return decideByHand(facts, aim);
  }
}

function decidePush(event: CiFacts, facts: RepositoryFacts): Decision {
  const { head, defaultBranch } = facts;
  const branch = event.branch ?? '';
  const shown = printableLine(branch);
  if (event.commit !== undefined && event.commit !== head) {
    return nothing(
      `CI speaks of commit ${printableLine(short(event.commit))}, but ${short(head)} is checked out`,
    );
  }
  if (defaultBranch === undefined) {
    return nothing(`nobody says which branch is the default; set default_branch in hermes.yaml`);
  }
  if (branch !== defaultBranch) {
    const reason = `push to ${shown} (not the default branch)`;
    return { kind: 'feature', branch, commit: head, reason };
  }
  if (!facts.isOnRemoteDefault) {
    return nothing(`commit ${short(head)} is not on ${shown} of the remote`);
  }
  return { kind: 'release', branch, commit: head, reason: `push to ${shown} (the default branch)` };
}

function decideByHand({ branch, head, changedFiles }: RepositoryFacts, aim: string): Decision {
  if (changedFiles.length > 0) {
    throw new ConfigError(`Cannot ${aim}: these files are not committed.\n${listFiles(changedFiles)}`, {
      code: 'HERMES_NOT_COMMITTED',
      nextStep: 'Commit them (git add . && git commit), or put them aside (git stash --include-untracked).',
    });
  }
  if (branch === undefined) {
    throw new ConfigError(`Cannot ${aim}: no branch is checked out.`, {
      code: 'HERMES_DETACHED_HEAD',
      facts: { head: short(head) },
      nextStep: 'Make one: git switch -c my-branch',
    });
  }
  const reason = `by hand, from ${printableLine(branch)} (releases come from CI, after a push to the default branch)`;
  return { kind: 'feature', branch, commit: head, reason };
}

function nothing(reason: string): Decision {
  return { kind: 'nothing', reason };
}

function listFiles(files: readonly string[]): string {
  const shown = files.slice(0, MAX_LISTED_FILES).map((file) => `  ${printableLine(file)}`);
  const more = files.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

function short(commit: string): string {
  return commit.slice(0, 7);
}
