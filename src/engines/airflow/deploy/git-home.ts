import { sha256Hex } from '../../../core/sha256.ts';
import { BUILD_INDEX, parseBuildIndex } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import type { CurrentDeploy, DeployHome, DeployOutcome, NewDeploy, Standing } from './deploy-home.ts';
import { type DeployRecord, damaged, parseStandingRecord } from './deploy-record.ts';
import { gitKey, writeCommit } from './git-commit.ts';
import { type GitBranch, type GitRepository, type RunGit, withBranch } from './git-repository.ts';
import { readIndex, refuseTaken } from './plan-deploy.ts';
import { asBuilt } from './plan-writes.ts';
import { indexKey, STANDING_PREFIX, standingKey, teamOfStandingKey } from './store-layout.ts';

const NEWER_THAN_ANY = 'nothing';
const MAX_PUSHES = 20;

/**
 * A branch of a repository that Airflow's `GitDagBundle` follows: `dags/<team>/` is what it reads (`subdir: dags`), and
 * each deploy is one commit that touches nothing but the team's files. Git keeps the history.
 */
export function gitHome(branch: GitBranch, git: RunGit): DeployHome {
  return {
    url: branch.url,
    read: (team, signal) =>
      withBranch(git, branch, { depth: 1, signal }, (repository) =>
        readStanding(repository, team, branch.url),
      ),
    history: (team, limit, signal) =>
      withBranch(git, branch, { signal }, async (repository) =>
        (await deploysOf(repository, team, branch.url)).slice(0, limit).map(({ record }) => record),
      ),
    files: (team, record, signal) =>
      withBranch(git, branch, { signal }, (repository) => readFiles(repository, team, record, branch.url)),
    apply: (team, deploy, seen, signal) => applyToGit(git, branch, team, deploy, seen, signal),
  };
}

async function readStanding(repository: GitRepository, team: string, url: string): Promise<Standing> {
  const { tip } = repository;
  if (tip === undefined) return { taken: new Map(), version: NEWER_THAN_ANY };
  const taken = await readTaken(repository, tip, team, url);
  const text = await show(repository, tip, standingKey(team));
  if (text === undefined) return { taken, version: NEWER_THAN_ANY };
  const { record } = parseStandingRecord(text, `${url}/${standingKey(team)}`);
  const files = await readLive(repository, tip, team, Object.keys(record.files));
  const index = parseBuildIndex(files.get(BUILD_INDEX) ?? '', indexKey(team));
  const names = Object.keys(record.files);
  const isWhole = names.every((name) => sha256Hex(files.get(name) ?? '') === record.files[name]);
  const state: CurrentDeploy['state'] = isWhole ? 'whole' : 'edited';
  const version = sha256Hex([text, ...names.map((name) => files.get(name) ?? '')].join('\0'));
  return { current: { record, index, state }, taken, version };
}

async function readTaken(
  repository: GitRepository,
  tip: string,
  team: string,
  url: string,
): Promise<ReadonlyMap<string, string>> {
  const listed = await repository.ask(['ls-tree', '--name-only', '-z', tip, '--', STANDING_PREFIX]);
  const teams = listed
    .split('\0')
    .map(teamOfStandingKey)
    .filter((other): other is string => other !== undefined && other !== team);
  const taken = new Map<string, string>();
  for (const other of teams) {
    const text = await show(repository, tip, indexKey(other));
    if (text === undefined) throw damaged(`${url}/${indexKey(other)}`);
    for (const id of Object.keys(parseBuildIndex(text, indexKey(other)).dags)) taken.set(id, other);
  }
  return taken;
}

/** Completed deploys with the commits that made them, the newest first. */
async function deploysOf(
  repository: GitRepository,
  team: string,
  url: string,
): Promise<readonly { readonly record: DeployRecord; readonly commit: string }[]> {
  if (repository.tip === undefined) return [];
  const key = standingKey(team);
  const log = await repository.ask(['log', '--format=%H', '--diff-filter=AM', repository.tip, '--', key]);
  const commits = log.split('\n').filter((commit) => commit !== '');
  const texts = await showAll(repository, commits, key);
  const known = new Set<number>();
  return commits.flatMap((commit, index) => {
    const place = `${url}/${key} of ${commit}`;
    const { record } = parseStandingRecord(texts[index] ?? '', place);
    // What somebody edited and a deploy put right again has the number of that deploy.
    const isAgain = known.has(record.number);
    known.add(record.number);
    return isAgain ? [] : [{ record, commit }];
  });
}

/** The same file of many commits, by one call. https://git-scm.com/docs/git-cat-file#_batch_output */
async function showAll(
  repository: GitRepository,
  commits: readonly string[],
  key: string,
): Promise<string[]> {
  const input = commits.map((commit) => `${commit}:${key}\n`).join('');
  const output = Buffer.from(await repository.ask(['cat-file', '--batch'], { input }));
  const texts: string[] = [];
  for (let start = 0; start < output.length; ) {
    const headEnd = output.indexOf('\n', start);
    const size = Number(/ blob (\d+)$/.exec(output.toString('utf8', start, headEnd))?.[1] ?? 0);
    texts.push(output.toString('utf8', headEnd + 1, headEnd + 1 + size));
    start = headEnd + 1 + size + 1;
  }
  return texts;
}

async function readFiles(
  repository: GitRepository,
  team: string,
  { number, files: hashes }: DeployRecord,
  url: string,
): Promise<BuildFiles> {
  const found = (await deploysOf(repository, team, url)).find(({ record }) => record.number === number);
  if (found === undefined) throw damaged(`${url}, deploy ${number} of team ${team}`);
  const files = await readLive(repository, found.commit, team, Object.keys(hashes));
  for (const [name, hash] of Object.entries(hashes))
    if (sha256Hex(files.get(name) ?? '') !== hash)
      throw damaged(`${url}/${gitKey(team, name)} of ${found.commit}`);
  return files;
}

async function applyToGit(
  git: RunGit,
  branch: GitBranch,
  team: string,
  deploy: NewDeploy,
  seen: Standing,
  signal: AbortSignal | undefined,
): Promise<DeployOutcome> {
  for (let attempt = 0; attempt < MAX_PUSHES; attempt += 1) {
    const outcome = await withBranch(git, branch, { depth: 1, signal }, async (repository) => {
      const standing = await readStanding(repository, team, branch.url);
      if (standing.version !== seen.version) return 'overtaken';
      refuseTaken(readIndex(deploy.files), standing, team);
      const before = standing.current?.record;
      const names = [...deploy.files.keys(), ...Object.keys(before?.files ?? {})];
      const live = await readLive(repository, repository.tip, team, names);
      const commit = await writeCommit(repository, team, deploy, before, live);
      return (await repository.push(commit)) ? 'deployed' : 'again';
    });
    if (outcome !== 'again') return outcome;
  }
  return 'overtaken';
}

async function readLive(
  repository: GitRepository,
  commit: string | undefined,
  team: string,
  names: readonly string[],
): Promise<BuildFiles> {
  const files = new Map<string, string>();
  if (commit === undefined) return files;
  for (const name of names) {
    const text = await show(repository, commit, gitKey(team, name));
    if (text !== undefined) files.set(name, asBuilt(text));
  }
  return files;
}

function show(repository: GitRepository, commit: string, key: string): Promise<string | undefined> {
  return repository.tryAsk(['cat-file', 'blob', `${commit}:${key}`]);
}
