import { mkdir, readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { packageRoot } from '../src/core/package-root.ts';
import type { Python } from '../src/core/python.ts';
import { backendMissing, buildFailed, versionMissing } from './build-errors.ts';
import { projectCodeEnvironment } from './program-environment.ts';
import type { BuildSystem } from './projects.ts';
import { type Preparation, preparePythonEnvironment } from './python-environment.ts';
import type { WheelFile } from './reversion-wheel.ts';
import { runCommand } from './subprocess.ts';
import { openWheel } from './wheel.ts';

export interface WheelBuild extends Preparation {
  readonly projectName: string;
  /** Absent when the back end works it out. */
  readonly version?: string | undefined;
  /** Clean copy of the project. */
  readonly folder: string;
  readonly buildSystem: BuildSystem;
  readonly python: Python;
  /** For `SOURCE_DATE_EPOCH`: flit and setuptools write the time of the build otherwise. */
  readonly changedAtSeconds: number;
  /** An empty folder for everything that the build writes. */
  readonly scratch: string;
}

/** What `build_wheel.py` answers. */
type Answer =
  | { readonly wheel: string }
  | { readonly missing: readonly string[] }
  | { readonly noBackend: string }
  | { readonly failure: readonly string[] };

const HOOK = join(packageRoot, 'ci', 'build_wheel.py');

/**
 * Builds the wheel by the project's own back end (PEP 517), in a cached environment that holds what the back end needs.
 * The same copy gives the same bytes, whatever the umask, the time zone and the clock of the machine.
 * @throws WorkFailedError with the back end's own words, and for a wheel that is bound to a platform or that nobody
 *   could install; ConfigError when `requires` lacks the back end or names what does not exist, and when there is no
 *   version; ConnectionError when the
 *   package index cannot be reached
 */
export async function buildWheel(build: WheelBuild): Promise<WheelFile> {
  const first = await callBackend(build, []);
  const answer = 'missing' in first ? await callBackend(build, first.missing) : first;
  if ('missing' in answer)
    throw buildFailed(build, `the back end asks for ${answer.missing.join(', ')} again and again.`);
  const bytes = await readFile(join(build.scratch, 'wheel', answer.wheel));
  const wheel = { fileName: answer.wheel, bytes };
  const { tags, version } = await openWheel(wheel)
    .then(({ name }) => name)
    .catch((error: Error) => {
      const reason = error.message.replace(/\.$/, '');
      throw buildFailed(build, `the back end wrote a wheel that nobody can install: ${reason}.`);
    });
  if (
    build.version === undefined &&
    version === '0.0.0' &&
    build.buildSystem.backend.startsWith('setuptools')
  )
    throw versionMissing(build);
  if (!tags.endsWith('-any'))
    throw buildFailed(build, `${answer.wheel} is bound to one platform; Hermes publishes pure Python only.`);
  return wheel;
}

async function callBackend(
  build: WheelBuild,
  extra: readonly string[],
): Promise<Extract<Answer, { wheel: string } | { missing: readonly string[] }>> {
  const { buildSystem, projectName, python, scratch } = build;
  const requirements = [...buildSystem.requires, ...extra];
  const purpose = `the build of ${projectName}`;
  const interpreter = await preparePythonEnvironment({ python, requirements, purpose }, build);
  const [wheels, file] = [join(scratch, 'wheel'), join(scratch, 'answer.json')];
  await mkdir(wheels, { recursive: true });
  await rm(file, { force: true });
  const { backend, backendPath } = buildSystem;
  const args = [HOOK, backend, JSON.stringify(backendPath), JSON.stringify(extra), wheels, file];
  const env = projectCodeEnvironment(build.env, {
    ...sameEverywhere(build.changedAtSeconds),
    // A back end may call a program of its environment, as uv_build does.
    PATH: [dirname(interpreter), build.env.PATH].filter(Boolean).join(delimiter),
  });
  const { output } = await runCommand(interpreter, args, { cwd: build.folder, env, signal: build.signal });
  const answer = await readFile(file, 'utf8').then((text) => JSON.parse(text) as Answer, noFile);
  if (answer === undefined) throw buildFailed(build, 'the back end ended without a word', output);
  if ('noBackend' in answer) throw backendMissing(build, answer.noBackend);
  if ('failure' in answer) throw buildFailed(build, 'the back end says', output, answer.failure);
  return answer;
}

/** What of the machine's settings would show in the bytes of a wheel. */
function sameEverywhere(changedAtSeconds: number): NodeJS.ProcessEnv {
  return { SOURCE_DATE_EPOCH: String(changedAtSeconds), TZ: 'UTC', LC_ALL: 'C', PYTHONHASHSEED: '0' };
}

function noFile(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
