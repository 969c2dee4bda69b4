import { type BuildName, branchSlug, featureVersion } from '../src/artifacts/keys.ts';
import type { Bench } from './bench.ts';
import type { Build } from './build.ts';
import { type BuildOrder, type PreparedBuild, prepareBuild, type WheelSource } from './prepare-build.ts';
import type { Project } from './projects.ts';
import type { Report } from './publish-event.ts';
import { loadBuild } from './read-published.ts';
import { testsFailed } from './run-tests.ts';
import type { Finding, ProjectTree, SurveyQuestion } from './survey.ts';
import { testProject } from './test-project.ts';

/** Everything that preparing a project needs. */
export interface Workbench extends Bench, Pick<BuildOrder, 'team' | 'runUrl'> {
  readonly decision: SurveyQuestion['decision'];
  /** Where wheels come from that are built already, and tested; absent = tests and builds happen here. */
  readonly built?: WheelSource;
  readonly report: Report;
}

/** What is left to do about a project once it is tested and built. */
export type Prepared =
  | { readonly kind: 'deploy'; readonly build: Build }
  /** It is published; a pointer may have been left behind by an interrupted run. */
  | { readonly kind: 'settle'; readonly version: BuildName; readonly since: string }
  | { readonly kind: 'nothing'; readonly version: BuildName; readonly since: string };

/**
 * Carries out what a survey found: tests and builds a project whose content is not published yet.
 * @throws WorkFailedError when a test or the build fails
 */
export async function prepareProject(
  { project, tree }: ProjectTree,
  finding: Finding,
  bench: Workbench,
): Promise<Prepared> {
  if (finding.kind === 'unchanged') {
    const { version, since } = finding;
    return { kind: finding.settle ? 'settle' : 'nothing', version, since };
  }
  if (finding.kind === 'promote') {
    const { from, manifest, version } = finding;
    const build = await loadBuild(from.store, version, manifest, project.versionPlace, bench.signal);
    return { kind: 'deploy', build };
  }
  const { build } = await (bench.built === undefined
    ? testAndBuild({ project, tree }, bench)
    : prepareBuild(project, orderOf(bench), bench.built));
  return { kind: 'deploy', build };
}

/**
 * Tests a project and builds it, and reports both.
 * @throws WorkFailedError when a test or the build fails
 */
export async function testAndBuild({ project, tree }: ProjectTree, bench: Workbench): Promise<PreparedBuild> {
  const { decision, report } = bench;
  const tests = await testProject(project, tree, bench, report, expectedVersion(project, decision));
  if (tests.status === 'failed') throw testsFailed([project.name]);
  return build(project, bench);
}

/** How the build is going to be called, as far as the project says it before the build. */
function expectedVersion(project: Project, decision: Workbench['decision']): { version?: string } {
  if (project.version === undefined || decision.kind === 'release') return {};
  const branch = branchSlug(`refs/heads/${decision.branch}`);
  return { version: featureVersion(project.version, branch, decision.commit) };
}

function orderOf(bench: Workbench): BuildOrder {
  const { commit, kind, branch } = bench.decision;
  return { ...bench, commit, kind, branch, now: bench.clock.now() };
}

async function build(project: Project, bench: Workbench): Promise<PreparedBuild> {
  const { clock, report } = bench;
  const startedAt = clock.now();
  const prepared = await prepareBuild(project, orderOf(bench));
  const { build, skipped } = prepared;
  const seconds = (clock.now().getTime() - startedAt.getTime()) / 1000;
  for (const skip of skipped) report({ event: 'skipped', project: project.name, ...skip });
  for (const { kind, fileName, bytes, sha256 } of build.files) {
    if (kind !== 'wheel') continue;
    report({
      event: 'wheel',
      project: project.name,
      version: build.version,
      file: fileName,
      bytes: bytes.length,
      sha256,
      seconds,
    });
  }
  return prepared;
}
