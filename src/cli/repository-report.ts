import { relative } from 'node:path';
import { WorkFailedError } from '../core/errors.ts';
import type { PushSignIn } from '../github/git/push-sign-in.ts';
import type { CiRun } from '../github/hook/ci-run.ts';
import { SAMPLE_PROJECT } from '../templates/answers.ts';
import type { Cli } from './cli.ts';
import type { CreatedRepository, RepositoryRequest } from './create-repository.ts';
import { shellWord } from './shell-word.ts';

/**
 * Says what was made on this machine, and what comes next.
 * @throws WorkFailedError when its first CI run did not pass
 */
export function reportOnDisk(
  cli: Cli,
  request: RepositoryRequest,
  created: CreatedRepository,
  ciRun: CiRun | undefined,
): void {
  const { name, team, kind, folder } = request;
  const ci = ciRun === undefined ? undefined : { outcome: ciRun.outcome, log: ciRun.log, steps: ciRun.steps };
  cli.object({ name, team, kind, folder, origin: created.cloneUrl, commit: created.commit, ci });
  const shown = shownFolder(cli, folder ?? created.cloneUrl);
  const what = created.isMade
    ? `${created.files} files, commit ${created.commit.slice(0, 8)}`
    : `the repository was there already, at ${created.commit.slice(0, 8)}`;
  cli.print(`${cli.style('green', '✓')} ${shown}  ${what}`);
  cli.print(`  origin  ${created.cloneUrl}`);
  if (ciRun !== undefined) cli.print(`  CI      ${ciRun.outcome}  ${ciRun.log}`);
  sayAssumed(cli, created, folder);
  if (folder !== undefined && (ciRun === undefined || ciRun.outcome === 'passed')) {
    for (const line of nextSteps(request, shown)) cli.print(line);
  }
  if (ciRun?.outcome === 'failed' || ciRun?.outcome === 'interrupted') throw ciFailed(name, ciRun);
}

/**
 * Says what stands on GitHub, and what comes next; the steps were told as they came.
 * @param signIn Of the pushes from the clone; absent without one.
 */
export function reportOnGitHub(
  cli: Cli,
  request: RepositoryRequest,
  created: CreatedRepository,
  signIn: PushSignIn = 'settled',
): void {
  const { name, team, kind, folder } = request;
  const { webUrl: url, cloneUrl, defaultBranch, commit, isMade, steps } = created;
  cli.object({ name, team, kind, url, cloneUrl, defaultBranch, commit, isMade, folder, steps });
  if (cli.quiet) cli.result(url);
  if (steps.every(({ outcome }) => outcome === 'there'))
    cli.print('It stands as it is wanted: nothing to do.');
  cli.print();
  cli.print(`${cli.style('green', '✓')} ${url}  ${defaultBranch} at ${commit.slice(0, 8)}`);
  if (folder === undefined) return;
  const shown = shownFolder(cli, folder);
  cli.print(`  clone  ${shown}${created.isCloned ? '' : '  was there already'}`);
  sayAssumed(cli, created, folder);
  for (const line of nextSteps(request, shown, signInSteps(created, signIn))) cli.print(line);
}

/** Hermes signs in for its own calls only; the first push of a person would find that out. */
function signInSteps({ webUrl }: CreatedRepository, signIn: PushSignIn): string[][] {
  if (signIn === 'settled') return [];
  if (signIn === 'gh') return [['gh auth setup-git', 'let git sign in to push; before it: gh auth login']];
  return [['git push', `asks for a password: a token of ${new URL('/settings/tokens', webUrl).href}`]];
}

function shownFolder(cli: Cli, folder: string): string {
  return relative(cli.cwd, folder) || folder;
}

function sayAssumed(cli: Cli, { identity }: CreatedRepository, folder: string | undefined): void {
  if (!identity.assumed || folder === undefined) return;
  const shown = shellWord(shownFolder(cli, folder));
  cli.note(
    `Git does not know who you are; this repository uses ${identity.name} <${identity.email}>. To change it:\n` +
      `  git -C ${shown} config user.name "Your Name"\n  git -C ${shown} config user.email you@example.com`,
  );
}

function ciFailed(name: string, { outcome, log }: CiRun): WorkFailedError {
  const how = outcome === 'failed' ? 'failed' : 'was interrupted';
  return new WorkFailedError(`Repository ${name} is made, but its first CI run ${how}.`, {
    code: 'HERMES_CI_FAILED',
    nextStep: `Read ${log}, then push a commit to run CI again.`,
  });
}

function nextSteps({ kind }: RepositoryRequest, folder: string, further: readonly string[][] = []): string[] {
  const script = `${SAMPLE_PROJECT}/${SAMPLE_PROJECT}/${SAMPLE_PROJECT}.py`;
  const example =
    kind === 'product'
      ? [
          [`python3 ${script}`, 'run the example'],
          ['hermes project new my-project', 'start a project of your own'],
        ]
      : [
          ['hermes dag check dags', 'find mistakes in the DAGs'],
          [`hermes dag run dags/${SAMPLE_PROJECT}.dag.yaml`, 'run the example'],
        ];
  const steps = [
    [`cd ${shellWord(folder)}`, ''],
    ...example,
    ['less README.md', 'branch, commit, push: step by step'],
    ...further,
  ];
  const width = Math.max(...steps.map(([line = '']) => line.length)) + 3;
  return ['', 'Next:', ...steps.map(([line = '', what]) => `  ${line.padEnd(width)}${what}`.trimEnd())];
}
