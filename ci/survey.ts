import { findVersion } from '../src/artifacts/find-version.ts';
import { type BuildName, branchSlug, featureVersion } from '../src/artifacts/keys.ts';
import type { Manifest } from '../src/artifacts/manifest.ts';
import type { ArtifactStore } from '../src/artifacts/store.ts';
import type { Decision } from './decide.ts';
import type { Project } from './projects.ts';
import { findManifest } from './read-published.ts';

/** One environment that a publish writes to, in the order development, production. */
export interface Target {
  readonly environment: string;
  readonly store: ArtifactStore;
}

/** What has to be done about a project, by what the stores hold. */
export type Finding =
  /** The content is published; only pointers may be left to settle. */
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
  /** Git's hash of the project's folder: it, not the list of changed files, tells what is published. */
  readonly tree: string;
  readonly targets: readonly Target[];
  readonly signal?: AbortSignal | undefined;
}

/** Finds out whether a project has to be built, by comparing its tree with the published manifests. */
export async function surveyProject(project: Project, question: SurveyQuestion): Promise<Finding> {
  if (project.version === undefined) return { kind: 'build' };
  const release = { team: question.team, project: project.name, version: project.version };
  return question.decision.kind === 'release'
    ? surveyRelease(release, question)
    : surveyFeature(release, question);
}

async function surveyRelease(
  release: BuildName,
  { targets, tree, signal }: SurveyQuestion,
): Promise<Finding> {
  const manifests = await Promise.all(targets.map(({ store }) => findManifest(store, release, signal)));
  const [first] = manifests;
  const [from] = targets;
  if (first?.tree !== tree || from === undefined) return { kind: 'build' };
  const version = { ...release, version: first.version };
  if (manifests.every((manifest) => manifest?.tree === tree)) {
    return { kind: 'unchanged', since: first.commit, version, settle: true };
  }
  return { kind: 'promote', from, version, manifest: first };
}

async function surveyFeature(release: BuildName, question: SurveyQuestion): Promise<Finding> {
  const { decision, targets, tree, signal } = question;
  const { team, project } = release;
  const store = targets[0]?.store;
  if (store === undefined) return { kind: 'build' };
  const ref = `refs/heads/${decision.branch}`;
  const branch = branchSlug(ref);
  const own = { team, project, branch, version: featureVersion(release.version, branch, decision.commit) };
  const built = await findManifest(store, own, signal);
  if (built?.tree === tree) return { kind: 'unchanged', since: built.commit, version: own, settle: true };
  const head = (await findVersion(store, team, project, { via: 'branch', ref }, signal))?.manifest;
  const standing = head ?? (await findManifest(store, release, signal));
  return standing?.tree === tree
    ? { kind: 'unchanged', since: standing.commit, version: release, settle: false }
    : { kind: 'build' };
}
