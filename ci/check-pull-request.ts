import { resolveTeam } from '../src/config/resolve-environment.ts';
import { ConfigError } from '../src/core/errors.ts';
import { printableLine } from '../src/core/printable.ts';
import { type Problem, ProblemsError } from '../src/core/problems.ts';
import { openBench } from './bench.ts';
import type { CheckEvent } from './check-event.ts';
import { type ChangedProject, checkProject } from './check-project.ts';
import type { CiRequest } from './ci-request.ts';
import { openBuilder, type ProjectAt } from './compare-builds.ts';
import { findDefaultBranch } from './default-branch.ts';
import { type CiEvent, detectCi } from './detect-ci.ts';
import { treeHashes } from './export-project.ts';
import { type Base, findBase } from './find-base.ts';
import { type Git, openGit } from './git.ts';
import { type Project, projectsAt, selectProjects } from './projects.ts';
import { readHead } from './repository-facts.ts';

export interface CheckRequest extends CiRequest {
  /** The branch to compare with, without `refs/heads/`; absent = the target of the pull request that CI names. */
  readonly base?: string | undefined;
}

/**
 * Checks that a pull request raises the version of every project that it changes, so that its merge can be published.
 * Outside a pull request, and without `base`, there is nothing to check.
 * @throws ProblemsError with a place for each project whose version has to be raised
 */
export async function checkPullRequest(
  request: CheckRequest,
  report: (event: CheckEvent) => void,
): Promise<void> {
  const git = await openGit(request);
  const team = resolveTeam({ folder: git.root });
  const event = detectCi(request.env);
  const branch = request.base ?? targetOf(event);
  if (branch === undefined) {
    report({ event: 'nothing', reason: 'not a pull request, nothing to check' });
    return;
  }
  const released = (await findDefaultBranch(git, event))?.name ?? branch;
  if (request.base === undefined && branch !== released) {
    const [into, only] = [printableLine(branch), printableLine(released)];
    report({
      event: 'nothing',
      reason: `a pull request into ${into}: only ${only} is released, nothing to check`,
    });
    return;
  }
  const head = await readHead(git);
  const base = await findBase(git, { branch, head, hint: event.targetCommit });
  if (base.commit === head) {
    if (request.base === undefined) throw notThePullRequest(base);
    report({
      event: 'nothing',
      reason: `${printableLine(branch)} holds this commit already, nothing to check`,
    });
    return;
  }
  report({ event: 'base', team, branch, base: base.commit, tip: base.tip, head });
  const problems = await checkProjects(git, { ...request, team, head, base }, report);
  if (problems.length > 0) throw new ProblemsError(problems);
}

interface Comparison extends CiRequest {
  readonly team: string;
  readonly head: string;
  readonly base: Base;
}

async function checkProjects(
  git: Git,
  comparison: Comparison,
  report: (event: CheckEvent) => void,
): Promise<Problem[]> {
  const { base, head, team } = comparison;
  const builder = openBuilder({
    ...openBench(git, comparison, report),
    team,
    branch: base.branch,
    now: comparison.clock.now(),
  });
  const projects = selectProjects(await projectsAt(git, head, 'refuse'), comparison.projects);
  const problems: Problem[] = [];
  const changed = await findChanged(git, projects, head, base);
  for (const project of projects) {
    const found = changed.get(project.name);
    const event =
      found === undefined
        ? ({ event: 'project', project: project.name, state: 'unchanged' } as const)
        : await checkProject(git, found, builder);
    report(event);
    if (event.problem !== undefined) problems.push(event.problem);
  }
  return problems;
}

/** The projects whose folders differ from where the work began, by name; a project that moved is found by its name. */
async function findChanged(
  git: Git,
  projects: readonly Project[],
  head: string,
  base: Base,
): Promise<ReadonlyMap<string, ChangedProject>> {
  const folders = projects.map((project) => project.folder);
  const [now, before, there] = [
    await treeHashes(git, head, folders),
    await treeHashes(git, base.commit, folders),
    await treeHashes(git, base.tip, folders),
  ];
  const different = projects.filter(({ folder }) => now.get(folder) !== before.get(folder));
  if (different.length === 0) return new Map();
  const [atBase, atTip] = [await byName(git, base.commit), await byName(git, base.tip)];
  return new Map(
    different.map((project) => [
      project.name,
      {
        head: { project, commit: head },
        base: atBase.get(project.name),
        tip: atTip.get(project.name),
        isAsTip: now.get(project.folder) === there.get(project.folder),
        branch: printableLine(base.branch),
      },
    ]),
  );
}

async function byName(git: Git, commit: string): Promise<ReadonlyMap<string, ProjectAt>> {
  const projects = await projectsAt(git, commit, 'ignore');
  return new Map(projects.map((project) => [project.name, { project, commit }]));
}

function targetOf(event: CiEvent): string | undefined {
  if (event.kind !== 'pull-request') return undefined;
  if (event.target !== undefined) return event.target;
  throw new ConfigError(
    'Cannot check the pull request: CI does not say which branch it is going to change.',
    {
      code: 'HERMES_NO_TARGET',
      facts: { ci: event.system },
      nextStep: 'Name it: hermes ci check --base BRANCH',
    },
  );
}

function notThePullRequest({ branch, commit }: Base): ConfigError {
  return new ConfigError(
    `Cannot check the pull request: what is checked out is on ${printableLine(branch)} already, not the pull request.`,
    {
      code: 'HERMES_NOT_THE_PULL_REQUEST',
      facts: { commit: commit.slice(0, 7) },
      nextStep:
        'Check out the commit of the pull request. On GitHub, let the workflow run on pull_request, not on pull_request_target.',
    },
  );
}
