import assert from 'node:assert/strict';
import {
  type FleetRepository,
  type Proposal,
  type RepositoryFleet,
  UPDATE_BRANCH,
} from '../../src/github/fleet/repository-fleet.ts';
import { git } from '../../src/github/git/git.ts';

/** A fleet, and what stands behind it: a bare repository of git for each name. */
export interface FleetUnderTest {
  readonly fleet: RepositoryFleet;
  readonly folderOf: (name: string) => string;
  /** Commits files as somebody else would. */
  readonly commit: (
    name: string,
    files: Readonly<Record<string, string>>,
    branch?: string,
  ) => Promise<string>;
}

type Files = Readonly<Record<string, string>>;

const { signal } = new AbortController();
const identity = { name: 'Ana López', email: 'ana@example.com', assumed: false };
const query = { record: '.hermes/template.json', folders: ['.hermes', 'build_tools'] };

/** All repositories of a fleet, by their names. */
export async function listed(fleet: RepositoryFleet): Promise<Map<string, FleetRepository>> {
  const found = new Map<string, FleetRepository>();
  for await (const repository of fleet.list(query, signal)) found.set(repository.name, repository);
  return found;
}

/** @throws when there is none */
export async function repositoryOf(fleet: RepositoryFleet, name: string): Promise<FleetRepository> {
  const found = (await listed(fleet)).get(name);
  assert.ok(found, name);
  return found;
}

/** A change of some files for the head of a repository. */
export function proposalFor(
  repository: FleetRepository,
  files: Readonly<Record<string, string | Buffer | undefined>>,
): Proposal {
  const changes = Object.entries(files).map(([path, content]) => ({
    path,
    bytes: content === undefined ? undefined : Buffer.from(content),
    executable: path.endsWith('.sh'),
  }));
  const head = repository.head ?? '';
  return { head, changes, title: 'Update the template', body: 'What changed.\n', isDraft: false, identity };
}

/** What every fleet must do, whoever keeps the repositories. `make` gets the files of each repository. */
export function itKeepsAFleet(
  make: (repositories: Readonly<Record<string, Files>>) => Promise<FleetUnderTest>,
): void {
  const asked = ({ folderOf }: FleetUnderTest, name: string, ...words: string[]) =>
    git(folderOf(name), words, { env: process.env, signal });
  const weather = {
    '.hermes/template.json': '{}\n',
    'build_tools/test.sh': 'exec\n',
    'deep/er/file.txt': 'text\n',
    'README.md': 'read\n',
  };
  const offer = async (
    { fleet }: FleetUnderTest,
    files: Readonly<Record<string, string | Buffer | undefined>>,
  ) => {
    const repository = await repositoryOf(fleet, 'weather');
    return fleet.propose(repository, proposalFor(repository, files), signal);
  };

  it('lists repositories with their record, their head and their files', async () => {
    const it = await make({ weather, other: { 'README.md': 'x' }, empty: {} });
    const all = await listed(it.fleet);
    assert.deepEqual([...all.keys()], ['empty', 'other', 'weather']);
    const found = all.get('weather');
    assert.equal(found?.record, '{}\n');
    assert.equal(found?.head, await asked(it, 'weather', 'rev-parse', 'HEAD'));
    assert.equal(found?.files.get('build_tools/test.sh')?.mode, '100755');
    assert.equal(
      found?.files.get('README.md')?.blob,
      await asked(it, 'weather', 'rev-parse', 'HEAD:README.md'),
    );
    assert.equal(all.get('other')?.record, undefined);
    assert.equal(all.get('empty')?.head, undefined);
  });

  it('reads every file, a content by its id, and what a file was before', async () => {
    const it = await make({ weather });
    const first = await repositoryOf(it.fleet, 'weather');
    await it.commit('weather', { 'README.md': 'changed\n' });
    const repository = await repositoryOf(it.fleet, 'weather');
    const files = await it.fleet.readFiles(repository, signal);
    assert.deepEqual([...files.keys()].sort(), Object.keys(weather).sort());
    const before = first.files.get('README.md')?.blob ?? '';
    const now = repository.files.get('README.md')?.blob ?? '';
    assert.deepEqual(await it.fleet.readHistory(repository, 'README.md', signal), [now, before]);
    assert.equal((await it.fleet.readBlob(repository, before, signal))?.toString(), 'read\n');
    assert.equal(await it.fleet.readBlob(repository, '0'.repeat(40), signal), undefined);
  });

  it('offers a change as one commit on a branch of its own', async () => {
    const it = await make({ weather });
    const head = await asked(it, 'weather', 'rev-parse', 'HEAD');
    const binary = Buffer.from([0xff, 0, 0xfe]);
    const outcome = await offer(it, {
      'build_tools/new.sh': 'exec\r\n',
      'build_tools/binary': binary,
      'build_tools/test.sh': undefined,
    });
    assert.equal(outcome.outcome, 'opened');
    assert.equal(await asked(it, 'weather', 'rev-parse', 'HEAD'), head);
    assert.equal(await asked(it, 'weather', 'rev-parse', `${UPDATE_BRANCH}^`), head);
    const tree = await asked(it, 'weather', 'ls-tree', '-r', UPDATE_BRANCH, 'build_tools');
    assert.deepEqual(
      tree.split('\n').map((line) => [line.slice(0, 6), line.split('\t')[1]]),
      [
        ['100644', 'build_tools/binary'],
        ['100755', 'build_tools/new.sh'],
      ],
    );
    assert.equal(await asked(it, 'weather', 'show', `${UPDATE_BRANCH}:build_tools/new.sh`), 'exec\r');
    const [, name, subject] = (
      await asked(it, 'weather', 'log', '-1', '--format=%n%an <%ae>%n%s', UPDATE_BRANCH)
    ).split('\n');
    assert.deepEqual([name, subject], ['Ana López <ana@example.com>', 'Update the template']);
  });

  it('offers the same change once, and another one in its place', async () => {
    const it = await make({ weather });
    await offer(it, { 'build_tools/test.sh': 'one\n' });
    const first = await asked(it, 'weather', 'rev-parse', UPDATE_BRANCH);
    assert.equal((await offer(it, { 'build_tools/test.sh': 'one\n' })).outcome, 'current');
    assert.equal(await asked(it, 'weather', 'rev-parse', UPDATE_BRANCH), first);
    const head = await it.commit('weather', { 'README.md': 'moved on\n' });
    assert.equal((await offer(it, { 'build_tools/test.sh': 'one\n' })).outcome, 'current');
    assert.equal((await offer(it, { 'build_tools/test.sh': 'two\n' })).outcome, 'refreshed');
    assert.equal(await asked(it, 'weather', 'rev-parse', `${UPDATE_BRANCH}^`), head);
    assert.equal(await asked(it, 'weather', 'show', `${UPDATE_BRANCH}:build_tools/test.sh`), 'two');
  });

  it('leaves the branch to others once they have committed to it', async () => {
    const it = await make({ weather });
    await offer(it, { 'build_tools/test.sh': 'one\n' });
    const theirs = await it.commit('weather', { 'build_tools/test.sh': 'solved\n' }, UPDATE_BRANCH);
    const outcome = await offer(it, { 'build_tools/test.sh': 'two\n' });
    assert.equal(outcome.outcome, 'left');
    assert.match(outcome.reason ?? '', /branch hermes\/update/);
    assert.equal(await asked(it, 'weather', 'rev-parse', UPDATE_BRANCH), theirs);
  });

  it('withdraws what was offered when there is nothing more to offer', async () => {
    const it = await make({ weather });
    assert.equal((await offer(it, {})).outcome, 'nothing');
    await offer(it, { 'build_tools/test.sh': 'one\n' });
    assert.equal((await offer(it, {})).outcome, 'withdrawn');
    assert.equal((await asked(it, 'weather', 'branch', '--list', UPDATE_BRANCH)).trim(), '');
    assert.equal((await offer(it, {})).outcome, 'nothing');
  });
}
