import pMap from 'p-map';
import { findVersion } from '../src/artifacts/find-version.ts';
import { type BuildName, branchSlug, featureVersion } from '../src/artifacts/keys.ts';
import type { Manifest } from '../src/artifacts/manifest.ts';
import { compareVersions, isSameVersion, parseVersion } from '../src/core/pep440.ts';
import { isSameBuilder, readMark } from './copies-mark.ts';
import type { Decision } from './decide.ts';
import type { Project } from './projects.ts';
import { findManifest } from './read-published.ts';
import type { Target } from './targets.ts';

/** What has to be done about a project, by what the stores hold. */
export type Finding =
  /** The content is published; `settle`: pointers and copies may be left to bring in line. */
  | {
      readonly kind: 'unchanged';
      readonly since: string;
      readonly version: BuildName;
      readonly settle: boolean;
    }
  /** An earlier environment has it: the very same bytes go on to the others. */
  | {
      readonly kind: 'promote';
      readonly from: Target;
      readonly version: BuildName;
      readonly manifest: Manifest;
    }
  | { readonly kind: 'build' };

export interface SurveyQuestion {
  readonly team: string;
  readonly decision: Exclude<Decision, { kind: 'nothing' }>;
  readonly targets: readonly Target[];
  readonly signal?: AbortSignal | undefined;
}

/** A project at a commit. */
export interface ProjectTree {
  readonly project: Project;
  /** Git's hash of the project's folder: it, not a list of changed files, tells what is published. */
  readonly tree: string;
}

const PROJECTS_AT_ONCE = 16;

/**
 * Finds out which projects have to be built, by comparing their trees with the published manifests. Three requests
 * for each project that is published already.
 * @returns findings in the order of the projects
 */
export async function surveyProjects(
  trees: readonly ProjectTree[],
  question: SurveyQuestion,
): Promise<Finding[]> {
  return pMap(trees, (tree) => surveyProject(tree, question), { concurrency: PROJECTS_AT_ONCE });
}

async function surveyProject({ project, tree }: ProjectTree, question: SurveyQuestion): Promise<Finding> {
  if (project.version === undefined) return { kind: 'build' };
  const release = { team: question.team, project: project.name, version: project.version };
  return question.decision.kind === 'release'
    ? surveyRelease(release, tree, question)
    : surveyFeature(release, tree, question);
}

async function surveyRelease(
  release: BuildName,
  tree: string,
  { targets, signal }: SurveyQuestion,
): Promise<Finding> {
  const { team, project } = release;
  const [from, last] = [targets[0], targets.at(-1)];
  if (from === undefined || last === undefined) return { kind: 'build' };
  const [mark, ...manifests] = await Promise.all([
    readMark(last.store, team, project, signal),
    ...targets.map(({ store }) => findManifest(store, release, signal)),
  ]);
  const [first] = manifests;
  if (first?.tree !== tree) return { kind: 'build' };
  const version = { ...release, version: first.version };
  if (manifests.some((manifest) => manifest?.tree !== tree)) {
    return isSameBuilder(first.builder)
      ? { kind: 'promote', from, version, manifest: first }
      : { kind: 'build' };
  }
  const copies = mark?.value.complete === true ? mark.value : undefined;
  const isLatest = copies !== undefined && isSameVersion(copies.version, first.version);
  const builders = isLatest ? [copies.builder] : manifests.flatMap((manifest) => manifest?.builder ?? []);
  if (!builders.every(isSameBuilder)) return { kind: 'build' };
  return {
    kind: 'unchanged',
    since: first.commit,
    version,
    settle: !isSettled(first.version, copies?.version),
  };
}

/**
 * True when nothing can be left to do for a published version: it never moves `latest`, or the copies of it or of a
 * higher one, which are what a release writes last of all, are there.
 */
function isSettled(version: string, copied: string | undefined): boolean {
  if (parseVersion(version)?.isPrerelease !== false) return true;
  return copied !== undefined && compareVersions(copied, version) >= 0;
}

async function surveyFeature(release: BuildName, tree: string, question: SurveyQuestion): Promise<Finding> {
  const { decision, targets, signal } = question;
  const { team, project } = release;
  const store = targets[0]?.store;
  if (store === undefined) return { kind: 'build' };
  const ref = `refs/heads/${decision.branch}`;
  const branch = branchSlug(ref);
  const own = { team, project, branch, version: featureVersion(release.version, branch, decision.commit) };
  const [built, head] = await Promise.all([
    findManifest(store, own, signal),
    findVersion(store, team, project, { via: 'branch', ref }, signal),
  ]);
  if (built?.tree === tree) return { kind: 'unchanged', since: built.commit, version: own, settle: true };
  const standing = head?.manifest ?? (await findManifest(store, release, signal));
  return standing?.tree === tree && isSameBuilder(standing.builder)
    ? { kind: 'unchanged', since: standing.commit, version: release, settle: false }
    : { kind: 'build' };
}
