import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { ConfigError, WorkFailedError } from '../../core/errors.ts';
import { countLines } from '../../github/fleet/count-lines.ts';
import { createDiskFleet } from '../../github/fleet/disk-fleet.ts';
import { readOffered } from '../../github/fleet/disk-standing.ts';
import {
  type FleetRepository,
  type RepositoryFleet,
  UPDATE_BRANCH,
} from '../../github/fleet/repository-fleet.ts';
import { digestOf } from '../../github/fleet/update-mark.ts';
import { type GitContext, git } from '../../github/git/git.ts';
import { readBlob } from '../../github/git/git-tree.ts';
import { parseRecord } from '../../templates/parse-record.ts';
import { RECORD_PATH } from '../../templates/template-record.ts';
import { MANAGED_FOLDERS, surveyRepository } from './survey-repository.ts';
import type { LineCounts } from './update-lines.ts';
import { type PreparedUpdate, prepareUpdate } from './update-repository.ts';

/** An update of a clone, and the fleet of one that offers it. */
export interface CloneUpdate extends PreparedUpdate {
  readonly fleet: RepositoryFleet;
  readonly repository: FleetRepository;
  readonly counts: LineCounts;
  /**
   * What the branch of updates of origin holds, as far as it was fetched: the same update, another one of Hermes, or
   * commits of somebody else. Undefined when it has none that is still to be merged.
   */
  readonly offered: 'same' | 'another' | 'of others' | undefined;
}

/**
 * Prepares the update of the default branch of a clone. Changes nothing.
 * @param folder Where the record was found.
 * @throws ConfigError when it is no clone of its own, or what would be updated is not committed
 */
export async function prepareCloneUpdate(folder: string, context: GitContext): Promise<CloneUpdate> {
  await expectClone(folder, context);
  const name = basename(realpathSync(folder));
  const fleet = createDiskFleet([{ name, folder }], context);
  const repository = await readClone(fleet, folder, context.signal);
  const survey = await surveyRepository(fleet, repository, context.signal, true);
  if (survey.is !== 'hermes') throw notOnBranch(folder, repository);
  const prepared = await prepareUpdate(fleet, survey, context);
  await refuseShallow(folder, prepared, context);
  await refuseDirty(folder, prepared, context);
  const counts = await countChanges(folder, prepared, context);
  const offered = await lookAtOrigin(folder, prepared, context);
  return { ...prepared, fleet, repository, counts, offered };
}

async function lookAtOrigin(
  folder: string,
  { survey: { repository }, update }: PreparedUpdate,
  context: GitContext,
): Promise<CloneUpdate['offered']> {
  if (repository.head === undefined) return undefined;
  const offered = await readOffered(folder, repository.head, context);
  if (offered === undefined) return undefined;
  if (offered.digest === undefined) return 'of others';
  return offered.digest === digestOf(update.changes) ? 'same' : 'another';
}

async function expectClone(folder: string, context: GitContext): Promise<void> {
  const root = await git(folder, ['rev-parse', '--show-toplevel'], context).catch((error: unknown) => {
    if (context.signal.aborted) throw error;
    return undefined;
  });
  if (root !== undefined && realpathSync(root) === realpathSync(folder)) return;
  throw new ConfigError(`Cannot update ${folder}: it is not the root of a repository of git.`, {
    code: 'HERMES_NO_REPOSITORY',
    nextStep: 'Clone the repository, and go into the clone.',
  });
}

async function readClone(
  fleet: RepositoryFleet,
  folder: string,
  signal: AbortSignal,
): Promise<FleetRepository> {
  for await (const repository of fleet.list({ record: RECORD_PATH, folders: MANAGED_FOLDERS }, signal)) {
    if (repository.trouble !== undefined)
      throw new WorkFailedError(`Cannot update ${folder}: ${repository.trouble}`, {
        code: 'HERMES_UNREADABLE_REPOSITORY',
      });
    if (repository.record === undefined) throw notOnBranch(folder, repository);
    // For the sake of its error, with every mistake in its place.
    parseRecord(repository.record, RECORD_PATH);
    return repository;
  }
  throw new Error('A fleet of one is empty.');
}

function notOnBranch(folder: string, { defaultBranch }: FleetRepository): ConfigError {
  return new ConfigError(`Cannot update ${folder}: the branch ${defaultBranch} has no ${RECORD_PATH}.`, {
    code: 'HERMES_NO_TEMPLATE',
    nextStep: 'Commit that file to the default branch first.',
  });
}

/** What the template was is read from the history; without it, everything that changed would conflict. */
async function refuseShallow(folder: string, { update }: PreparedUpdate, context: GitContext): Promise<void> {
  if (!update.files.some(({ outcome }) => outcome === 'conflict')) return;
  if ((await git(folder, ['rev-parse', '--is-shallow-repository'], context)) !== 'true') return;
  throw new ConfigError(
    `Cannot update ${folder}: it is a shallow clone, and merging needs what the history holds.`,
    { code: 'HERMES_SHALLOW_CLONE', nextStep: 'Fetch the rest: git fetch --unshallow' },
  );
}

/** What is not committed would not be in the update, and would be in the way of its branch. */
async function refuseDirty(folder: string, { update }: PreparedUpdate, context: GitContext): Promise<void> {
  const branch = await git(folder, ['rev-parse', '--symbolic-full-name', 'HEAD'], context);
  if (branch === `refs/heads/${UPDATE_BRANCH}`)
    throw new ConfigError(`Cannot update ${folder}: you are on the branch ${UPDATE_BRANCH} itself.`, {
      code: 'HERMES_ON_UPDATE_BRANCH',
      nextStep: 'Go back with: git switch -',
    });
  const paths = update.changes.map(({ path }) => path);
  if (paths.length === 0) return;
  const options = ['--porcelain', '-z', '--untracked-files=all', '--no-renames'];
  const words = ['--literal-pathspecs', 'status', ...options, '--', ...paths];
  const status = await git(folder, words, context);
  const dirty = status.split('\0').flatMap((line) => (line === '' ? [] : [line.slice(3)]));
  if (dirty.length === 0) return;
  throw new ConfigError(`Cannot update ${folder}: not committed yet: ${dirty.join(', ')}.`, {
    code: 'HERMES_DIRTY',
    nextStep: 'Commit or undo these changes first; `git stash` puts them aside.',
  });
}

async function countChanges(
  folder: string,
  { survey, update }: PreparedUpdate,
  context: GitContext,
): Promise<LineCounts> {
  const counted = await Promise.all(
    update.files.map(async ({ path, from }) => {
      const change = update.changes.find((one) => one.path === path);
      if (change === undefined) return [];
      const blob = survey.here.get(from ?? path)?.blob;
      const before = blob === undefined ? undefined : await readBlob(folder, blob, context);
      const empty = Buffer.alloc(0);
      const count = await countLines(before ?? empty, change.bytes ?? empty, context);
      return count === undefined ? [] : [[path, count] as const];
    }),
  );
  return new Map(counted.flat());
}
