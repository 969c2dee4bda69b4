import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { WorkFailedError } from '../src/core/errors.ts';
import { packageRoot } from '../src/core/package-root.ts';
import { projectCodeEnvironment } from './program-environment.ts';
import type { BuildSystem } from './projects.ts';
import type { Python } from './python.ts';
import { type Preparation, preparePythonEnvironment } from './python-environment.ts';
import type { WheelFile } from './reversion-wheel.ts';
import { lastLines, runCommand } from './subprocess.ts';
import { parseWheelName } from './wheel.ts';

export interface WheelBuild extends Preparation {
  readonly projectName: string;
  /** Clean copy of the project. */
  readonly folder: string;
  readonly buildSystem: BuildSystem;
  readonly python: Python;
  /** For `SOURCE_DATE_EPOCH`: flit and setuptools write the time of the build otherwise. */
  readonly changedAtSeconds: number;
  /** An empty folder for everything that the build writes. */
  readonly scratch: string;
}

type Answer = { readonly wheel: string } | { readonly missing: readonly string[] };

const HOOK = join(packageRoot, 'ci', 'build_wheel.py');
const SHOWN_LINES = 15;

/**
 * Builds the wheel by the project's own back end (PEP 517), in a cached environment that holds what the back end needs.
 * @throws WorkFailedError with the back end's last lines, and for a wheel that is bound to a platform
 */
export async function buildWheel(build: WheelBuild): Promise<WheelFile> {
  const first = await callBackend(build, []);
  const answer = 'missing' in first ? await callBackend(build, first.missing) : first;
  if ('missing' in answer) {
    throw buildError(build, `the back end asks for ${answer.missing.join(', ')} again and again.`);
  }
  const platform = parseWheelName(answer.wheel)?.tags.split('-').at(-1);
  if (platform !== 'any') {
    throw buildError(build, `${answer.wheel} is bound to one platform; Hermes publishes pure Python only.`);
  }
  return { fileName: answer.wheel, bytes: await readFile(join(build.scratch, 'wheel', answer.wheel)) };
}

async function callBackend(build: WheelBuild, extra: readonly string[]): Promise<Answer> {
  const { buildSystem, projectName, python, scratch } = build;
  const requirements = [...buildSystem.requires, ...extra];
  const purpose = `the build of ${projectName}`;
  const interpreter = await preparePythonEnvironment({ python, requirements, purpose }, build);
  const [wheels, answer] = [join(scratch, 'wheel'), join(scratch, 'answer.json')];
  await mkdir(wheels, { recursive: true });
  const { backend, backendPath } = buildSystem;
  const args = [HOOK, backend, JSON.stringify(backendPath), JSON.stringify(extra), wheels, answer];
  const env = projectCodeEnvironment(build.env, { SOURCE_DATE_EPOCH: String(build.changedAtSeconds) });
  const result = await runCommand(interpreter, args, { cwd: build.folder, env, signal: build.signal });
  if (result.exitCode !== 0)
    throw buildError(build, `the back end says\n${lastLines(result.output, SHOWN_LINES)}`);
  return JSON.parse(await readFile(answer, 'utf8')) as Answer;
}

function buildError({ projectName, buildSystem }: WheelBuild, reason: string): WorkFailedError {
  return new WorkFailedError(`Cannot build the wheel of ${projectName}: ${reason}`, {
    code: 'HERMES_BUILD_FAILED',
    facts: { backend: buildSystem.backend },
    nextStep: 'Correct the project, and try it with: python -m build --wheel',
  });
}
