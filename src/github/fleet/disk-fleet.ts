import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { HermesError } from '../../core/errors.ts';
import { type GitContext, git } from '../git/git.ts';
import { readBlob, readPathHistory, readTreeFiles, resolveCommit, writeTree } from '../git/git-tree.ts';
import { readOffered, readStanding } from './disk-standing.ts';
import {
  type FleetRepository,
  type Proposal,
  type ProposalOutcome,
  type RepositoryFleet,
  UPDATE_BRANCH,
} from './repository-fleet.ts';
import { digestOf, markedMessage } from './update-mark.ts';

const UPDATE_REF = `refs/heads/${UPDATE_BRANCH}`;

/** A repository of git on this disk: a bare one, or a clone. */
export interface DiskRepository {
  readonly name: string;
  /** Absolute path. */
  readonly folder: string;
}

/** The bare repositories in a folder, in the order of their names. */
export function bareRepositories(folder: string): DiskRepository[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.git') && !entry.startsWith('.'))
    .sort()
    .map((entry) => ({ name: entry.slice(0, -'.git'.length), folder: join(folder, entry) }));
}

/** Repositories on this disk; an update is a branch, which people merge themselves. */
export function createDiskFleet(
  repositories: readonly DiskRepository[],
  { env }: { readonly env: NodeJS.ProcessEnv },
): RepositoryFleet {
  const folders = new Map(repositories.map(({ name, folder }) => [name, folder]));
  const folderOf = ({ name }: FleetRepository) => folders.get(name) ?? name;
  return {
    list: async function* ({ names, record }, signal) {
      for (const one of repositories)
        if (names === undefined || names.includes(one.name)) yield await look(one, record, { env, signal });
    },
    readFiles: async (repository) => repository.files,
    readBlob: (repository, blob, signal) => readBlob(folderOf(repository), blob, { env, signal }),
    readHistory: async (repository, path, signal) =>
      repository.head === undefined
        ? []
        : readPathHistory(folderOf(repository), repository.head, path, { env, signal }),
    readEnvironment: async () => undefined,
    propose: (repository, proposal, signal) =>
      propose(folderOf(repository), repository, proposal, { env, signal }),
  };
}

async function look(
  { name, folder }: DiskRepository,
  recordPath: string,
  context: GitContext,
): Promise<FleetRepository> {
  const basis = {
    id: folder,
    name,
    webUrl: folder,
    isArchived: false,
    defaultBranch: '',
    head: undefined,
    record: undefined,
  };
  try {
    const defaultBranch = await findDefaultBranch(folder, context);
    const head = await findHead(folder, defaultBranch, context);
    if (head === undefined) return { ...basis, defaultBranch, files: new Map() };
    const files = await readTreeFiles(folder, head, context);
    const found = files.get(recordPath);
    const bytes = found === undefined ? undefined : await readBlob(folder, found.blob, context);
    return { ...basis, defaultBranch, head, files, record: bytes?.toString() };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof HermesError)) throw error;
    return { ...basis, files: new Map(), trouble: error.message };
  }
}

/** In a clone that of its origin; in a bare repository, or a clone of nothing, the one that HEAD names. */
async function findDefaultBranch(folder: string, context: GitContext): Promise<string> {
  const words = ['for-each-ref', '--format=%(refname) %(symref)', 'refs/remotes/origin/HEAD'];
  const [, remote = ''] = (await git(folder, words, context)).split(' ');
  if (remote !== '') return remote.replace('refs/remotes/origin/', '');
  return (await git(folder, ['symbolic-ref', 'HEAD'], context)).replace('refs/heads/', '');
}

/** What is newer: the branch here, or what was fetched of it. */
async function findHead(folder: string, branch: string, context: GitContext): Promise<string | undefined> {
  const here = await resolveCommit(folder, `refs/heads/${branch}`, context);
  const fetched = await resolveCommit(folder, `refs/remotes/origin/${branch}`, context);
  if (here === undefined || fetched === undefined || here === fetched) return here ?? fetched;
  const common = await git(folder, ['merge-base', '--all', here, fetched], context).catch(() => '');
  return common === here ? fetched : here;
}

async function propose(
  folder: string,
  repository: FleetRepository,
  proposal: Proposal,
  context: GitContext,
): Promise<ProposalOutcome> {
  const { changes, head, title, identity } = proposal;
  const standing = await readStanding(folder, context);
  const url = `${folder} ${UPDATE_BRANCH}`;
  if (standing !== undefined && standing.digest === undefined) {
    if (changes.length === 0) return { outcome: 'nothing' };
    return { outcome: 'left', url, reason: `somebody else commits to the branch ${UPDATE_BRANCH}` };
  }
  if (changes.length === 0) return withdraw(folder, standing?.commit, context);
  const digest = digestOf(changes);
  const offered = await readOffered(folder, head, context);
  if (offered?.digest === digest) {
    // The same change in another commit could not be pushed over it.
    if (standing !== undefined && standing.commit !== offered.commit)
      await git(folder, ['update-ref', UPDATE_REF, offered.commit, standing.commit], context);
    return { outcome: 'current', url };
  }
  if (standing?.digest === digest) return { outcome: 'current', url };
  const tree = await writeTree(folder, head, changes, context);
  const message = Buffer.from(markedMessage(title, digest, tree));
  const who = identityVariables(identity);
  const words = ['commit-tree', tree, '-p', head, '-F', '-'];
  const commit = await git(folder, words, { ...context, env: { ...context.env, ...who } }, message);
  const reason = `hermes repo update of ${repository.name}`;
  const expected = standing?.commit ?? '0'.repeat(commit.length);
  await git(folder, ['update-ref', '-m', reason, UPDATE_REF, commit, expected], context);
  return { outcome: standing === undefined ? 'opened' : 'refreshed', url };
}

async function withdraw(
  folder: string,
  commit: string | undefined,
  context: GitContext,
): Promise<ProposalOutcome> {
  if (commit === undefined) return { outcome: 'nothing' };
  await git(folder, ['update-ref', '-d', UPDATE_REF, commit], context);
  return { outcome: 'withdrawn' };
}

function identityVariables({ name, email }: Proposal['identity']): NodeJS.ProcessEnv {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}
