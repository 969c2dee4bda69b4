import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { WorkFailedError } from '../src/core/errors.ts';
import type { Python } from '../src/core/python.ts';
import { projectCodeEnvironment } from './program-environment.ts';
import type { Project } from './projects.ts';
import { type Preparation, preparePythonEnvironment } from './python-environment.ts';
import { runtimeWheel } from './runtime-wheel.ts';
import { importFolder } from './scripts.ts';
import { runCommand } from './subprocess.ts';

/** What the tests of a project said. */
export interface TestOutcome {
  /** `none`: the project has no folder `tests`, or nothing in it that pytest takes for a test. */
  readonly status: 'passed' | 'failed' | 'none';
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What pytest printed; shown when something failed. */
  readonly output: string;
}

export interface TestRun extends Preparation {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly python: Python;
}

const PYTEST = 'pytest>=8,<10';
// https://docs.pytest.org/en/stable/reference/exit-codes.html
const NOTHING_COLLECTED = 5;
const NO_TESTS: TestOutcome = { status: 'none', passed: 0, failed: 0, skipped: 0, output: '' };

/**
 * Runs the tests of a project by pytest, in an environment with its dependencies. The project itself is on the path,
 * not installed, and behind it `hermes_runtime`, as in a run. Nothing is left in the work tree.
 */
export async function runTests(project: Project, run: TestRun): Promise<TestOutcome> {
  const folder = join(run.root, project.folder);
  if (!existsSync(join(folder, 'tests'))) return NO_TESTS;
  const requirements = [...project.dependencies, ...project.testDependencies, PYTEST];
  const purpose = `the tests of ${project.name}`;
  const interpreter = await preparePythonEnvironment({ python: run.python, requirements, purpose }, run);
  const scratch = await mkdtemp(join(tmpdir(), 'hermes-tests-'));
  try {
    const report = join(scratch, 'report.xml');
    const kept = ['-p', 'no:cacheprovider', `--junit-xml=${report}`, `--basetemp=${join(scratch, 'tmp')}`];
    const args = ['-m', 'pytest', '-q', ...kept];
    const runtime = runtimeWheel();
    await writeFile(join(scratch, runtime.fileName), runtime.bytes);
    // Python imports straight from a wheel that is not packed.
    const path = [importFolder(folder, project.name), join(scratch, runtime.fileName)].join(delimiter);
    const env = projectCodeEnvironment(run.env, { PYTHONPATH: path });
    const result = await runCommand(interpreter, args, { cwd: folder, env, signal: run.signal });
    if (result.exitCode === NOTHING_COLLECTED) return { ...NO_TESTS, output: result.output };
    const counts = parseReport(await readFile(report, 'utf8').catch(() => ''));
    return { status: result.exitCode === 0 ? 'passed' : 'failed', ...counts, output: result.output };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** What to throw when tests failed; pytest's own words are shown before. */
export function testsFailed(projects: readonly string[]): WorkFailedError {
  return new WorkFailedError(`Tests failed: ${projects.join(', ')}.`, {
    code: 'HERMES_TESTS_FAILED',
    nextStep: `Run them again: hermes test ${projects.join(' ')}`,
  });
}

/** Reads the counts of pytest's JUnit report; errors at collection count as failures. */
function parseReport(xml: string): { passed: number; failed: number; skipped: number } {
  const suite = /<testsuite [^>]*>/.exec(xml)?.[0] ?? '';
  const count = (name: string): number => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const failed = count('failures') + count('errors');
  return {
    passed: Math.max(0, count('tests') - failed - count('skipped')),
    failed,
    skipped: count('skipped'),
  };
}
