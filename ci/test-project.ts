import type { Bench } from './bench.ts';
import type { Project } from './projects.ts';
import type { Report } from './publish-event.ts';
import { runTests, type TestOutcome } from './run-tests.ts';
import { readTestStamp, writeTestStamp } from './test-stamp.ts';

/**
 * Answers whether the tests of a project pass, and reports it. What passed before on the same tree, as
 * `hermes test` in an earlier step of the same CI run, is not run again.
 * @param options `again` runs them in any case; `version` is what the report calls the build
 * @param tree Git's hash of the project's folder; undefined = it has changes, always run and remember nothing
 */
export async function testProject(
  project: Project,
  tree: string | undefined,
  bench: Bench,
  report: Report,
  options: { readonly again?: boolean; readonly version?: string } = {},
): Promise<TestOutcome> {
  const { git, clock } = bench;
  const python = await bench.python();
  const startedAt = clock.now();
  const known = tree === undefined || options.again ? undefined : await readTestStamp(git.root, tree, python);
  const outcome = known ?? (await runTests(project, { ...bench, root: git.root, python }));
  if (known === undefined && tree !== undefined) await writeTestStamp(git.root, tree, python, outcome);
  const version = options.version ?? project.version;
  const { status, passed, failed, skipped, output } = outcome;
  report({
    event: 'tests',
    project: project.name,
    ...(version === undefined ? {} : { version }),
    status,
    passed,
    failed,
    skipped,
    seconds: (clock.now().getTime() - startedAt.getTime()) / 1000,
    remembered: known !== undefined,
    ...(status === 'failed' ? { output } : {}),
  });
  return outcome;
}
