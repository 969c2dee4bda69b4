import type { Problem } from '../src/core/problems.ts';
import type { CheckedProjectEvent, GoodState } from './check-event.ts';
import { type Builder, isSameBuild, type ProjectAt } from './compare-builds.ts';
import { ask, type Git } from './git.ts';
import { judgeVersion, suggestVersion, type VersionsOfProject } from './judge-version.ts';
import { locateKey } from './toml-position.ts';

/** One project that changed, in the three places that matter. */
export interface ChangedProject {
  readonly head: ProjectAt;
  /** Where the work began; absent when it had no such project. */
  readonly base: ProjectAt | undefined;
  /** Where the target branch stands; absent when it has no such project. */
  readonly tip: ProjectAt | undefined;
  /** True when the target branch holds the very same files as the work. */
  readonly isAsTip: boolean;
  /** The target branch, as a message may show it. */
  readonly branch: string;
}

/**
 * Checks that a project that changed has a version of its own. Builds both sides only when the version is the same, or
 * when the build says the version.
 * @throws HermesError when the project cannot be built as it is in the work
 */
export async function checkProject(
  git: Git,
  changed: ChangedProject,
  builder: Builder,
): Promise<CheckedProjectEvent> {
  const { head, tip, isAsTip } = changed;
  const base = changed.base ?? tip;
  const good = (state: GoodState, from?: string, to?: string): CheckedProjectEvent => ({
    event: 'project',
    project: head.project.name,
    state,
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  });
  const to = head.project.version ?? (await builder.build(head)).version;
  if (base === undefined) return good('new', undefined, to);
  if (isAsTip) return good('as-target', to, to);
  const from = await versionOf(base, builder);
  if (from === undefined) return good('unknown-before', undefined, to);
  const versions = { head: to, base: from, tip: tip && (await versionOf(tip, builder)) };
  const judgement = judgeVersion(versions);
  if (judgement === 'raised') return good('raised', from, to);
  if (judgement === 'same' && (await isSameContent(head, base, builder)))
    return good('same-content', from, to);
  const problem = await describeProblem(git, changed, versions, judgement);
  return { event: 'project', project: head.project.name, state: judgement, from, to, problem };
}

async function versionOf(at: ProjectAt, builder: Builder): Promise<string | undefined> {
  return at.project.version ?? (await builder.tryBuild(at))?.version;
}

/** What cannot be built any more counts as other content. */
async function isSameContent(head: ProjectAt, base: ProjectAt, builder: Builder): Promise<boolean> {
  const now = await builder.build(head);
  const before = await builder.tryBuild(base);
  return before !== undefined && isSameBuild(now, before);
}

async function describeProblem(
  git: Git,
  { head, branch }: ChangedProject,
  versions: VersionsOfProject,
  judgement: 'same' | 'lowered' | 'taken',
): Promise<Problem> {
  const { name, folder, version } = head.project;
  const file = folder === '' ? 'pyproject.toml' : `${folder}/pyproject.toml`;
  const text = await ask(git, ['cat-file', 'blob', `${head.commit}:${file}`]);
  const place = locateKey(text, 'project', version === undefined ? 'dynamic' : 'version');
  const messages = {
    same: `${name} changes, but its version stays ${versions.head}, and a version that is published never changes.`,
    lowered: `${name} goes back from version ${versions.base} to ${versions.head}; versions only rise.`,
    taken: `${name} ${versions.head} is too low: ${branch} stands at ${versions.tip} meanwhile.`,
  };
  const next = suggestVersion(versions);
  const hint =
    version === undefined ? `Let its build say ${next} or higher.` : `Write version = "${next}" or higher.`;
  return { file, ...place, message: messages[judgement], hint };
}
