import { type BuildName, branchSlug, featureVersion } from '../src/artifacts/keys.ts';
import type { Build } from './build.ts';
import { treeHash } from './export-project.ts';
import { type BuildOrder, prepareBuild } from './prepare-build.ts';
import type { Project } from './projects.ts';
import type { Report } from './publish-event.ts';
import type { Python } from './python.ts';
import { loadBuild } from './read-published.ts';
import { testsFailed } from './run-tests.ts';
import { type SurveyQuestion, surveyProject, type Target } from './survey.ts';
import { type TestBench, testProject } from './test-project.ts';

/** Everything that preparing a project needs. */
export interface Workbench extends TestBench, Pick<BuildOrder, 'team' | 'runUrl'> {
  readonly decision: SurveyQuestion['decision'];
  readonly targets: readonly Target[];
  readonly python: () => Promise<Python>;
  readonly report: Report;
}

/** What is left to do about a project once it is tested and built. */
export type Prepared =
  | { readonly kind: 'deploy'; readonly build: Build }
  /** It is published; a pointer may have been left behind by an interrupted run. */
  | { readonly kind: 'settle'; readonly version: BuildName; readonly since: string }
  | { readonly kind: 'nothing'; readonly version: BuildName; readonly since: string };

/**
 * Finds out what a project needs, and tests and builds it when its content is not published yet.
 * @throws WorkFailedError when a test or the build fails
 */
export async function prepareProject(project: Project, bench: Workbench): Promise<Prepared> {
  const { decision, git, signal, targets, team } = bench;
  const tree = await treeHash(git, decision.commit, project.folder);
  const finding = await surveyProject(project, { team, decision, tree, targets, signal });
  if (finding.kind === 'unchanged') {
    const { version, since } = finding;
    return { kind: finding.settle ? 'settle' : 'nothing', version, since };
  }
  if (finding.kind === 'promote') {
    const { from, manifest, version } = finding;
    const build = await loadBuild(from.store, version, manifest, project.versionPlace, signal);
    return { kind: 'deploy', build };
  }
  const tests = await testProject(project, tree, bench, bench.report, expectedVersion(project, decision));
  if (tests.status === 'failed') throw testsFailed([project.name]);
  return { kind: 'deploy', build: await build(project, bench) };
}

/** How the build is going to be called, as far as the project says it before the build. */
function expectedVersion(project: Project, decision: Workbench['decision']): { version?: string } {
  if (project.version === undefined || decision.kind === 'release') return {};
  const branch = branchSlug(`refs/heads/${decision.branch}`);
  return { version: featureVersion(project.version, branch, decision.commit) };
}

async function build(project: Project, bench: Workbench): Promise<Build> {
  const { clock, decision, report } = bench;
  const startedAt = clock.now();
  const { commit, kind, branch } = decision;
  const order = { ...bench, python: await bench.python(), commit, kind, branch, now: startedAt };
  const { build, skipped } = await prepareBuild(project, order);
  const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000;
  for (const skip of skipped) report({ event: 'skipped', project: project.name, ...skip });
  const { version } = build;
  for (const { kind, fileName, bytes, sha256 } of build.files) {
    if (kind !== 'wheel') continue;
    report({
      event: 'wheel',
      project: project.name,
      version,
      file: fileName,
      bytes: bytes.length,
      sha256,
      seconds,
    });
  }
  return build;
}
