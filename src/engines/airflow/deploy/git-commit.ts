import { BUILD_INDEX } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import type { NewDeploy } from './deploy-home.ts';
import { type DeployRecord, encodeRecord, type StandingRecord } from './deploy-record.ts';
import type { GitRepository } from './git-repository.ts';
import { planWrites } from './plan-writes.ts';
import { indexKey, liveKey, standingKey } from './store-layout.ts';

/**
 * One commit on top of the branch that holds the team's files as they shall be, and all else as it is.
 * @param live The team's files that stand there
 */
export async function writeCommit(
  repository: GitRepository,
  team: string,
  { record, files }: NewDeploy,
  before: DeployRecord | undefined,
  live: BuildFiles,
): Promise<string> {
  const { tip } = repository;
  const env = { GIT_INDEX_FILE: 'hermes-index', ...(await identity(repository)) };
  if (tip !== undefined) await repository.ask(['read-tree', tip], { env });
  const standing: StandingRecord = { format: 1, team, record, state: 'whole', leaving: [], beat: 0 };
  const read = new Map([...files].filter(([name]) => name !== BUILD_INDEX));
  const leaving = Object.keys(before?.files ?? {}).filter((name) => name !== BUILD_INDEX);
  const lines: string[] = [];
  const write = async (key: string, text: string): Promise<void> => {
    const blob = (await repository.ask(['hash-object', '-w', '--stdin'], { input: text })).trim();
    lines.push(`100644 ${blob}\t${key}`);
  };
  for (const change of planWrites(read, live, leaving, record.number)) {
    const key = gitKey(team, change.name);
    if (change.kind === 'write') await write(key, change.text);
    else lines.push(`0 ${'0'.repeat(40)}\t${key}`);
  }
  await write(gitKey(team, BUILD_INDEX), files.get(BUILD_INDEX) ?? '');
  await write(standingKey(team), encodeRecord(standing));
  await repository.ask(['update-index', '--add', '--index-info'], { env, input: `${lines.join('\n')}\n` });
  const tree = (await repository.ask(['write-tree'], { env })).trim();
  const parents = tip === undefined ? [] : ['-p', tip];
  const message = commitMessage(team, record);
  return (await repository.ask(['commit-tree', tree, ...parents], { env, input: message })).trim();
}

/** CI has no identity of git: then the commit says that Hermes made it. */
async function identity(repository: GitRepository): Promise<Readonly<Record<string, string>>> {
  const isKnown = (await repository.tryAsk(['var', 'GIT_COMMITTER_IDENT'])) !== undefined;
  if (isKnown) return {};
  const [name, email] = ['Hermes', 'hermes@localhost'];
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

function commitMessage(
  team: string,
  { number, restores, added, changed, removed, commit, run, reason }: DeployRecord,
) {
  const what = restores === undefined ? `Deploy ${number}` : `Deploy ${number}: roll back to ${restores}`;
  const facts = [
    `DAGs: ${added} added, ${changed} changed, ${removed} removed`,
    ...(reason === undefined ? [] : [`Reason: ${reason}`]),
    ...(commit === undefined ? [] : [`Commit: ${commit}`]),
    ...(run === undefined ? [] : [`Run: ${run}`]),
  ];
  return `${what} of team ${team}\n\n${facts.join('\n')}\n`;
}

/** Where a file of a build stands in the repository: the index outside of what Airflow reads. */
export function gitKey(team: string, name: string): string {
  return name === BUILD_INDEX ? indexKey(team) : liveKey(team, name);
}
