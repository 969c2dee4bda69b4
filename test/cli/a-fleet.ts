import type { Answers } from '../../src/templates/answers.ts';
import { planRepository } from '../../src/templates/plan-repository.ts';
import { type GitHubDouble, startGitHub, TOKEN } from '../fakes/github/start-github.ts';
import { temporaryFolder } from '../setup.ts';
import { answers, olderRepository } from '../templates/older-repository.ts';
import { begin, endSpawned } from './spawned-hermes.ts';

const doubles: GitHubDouble[] = [];

/** A GitHub with repositories, and the command line on it. */
export async function start(options: Parameters<typeof startGitHub>[0] = {}): Promise<{
  readonly double: GitHubDouble;
  readonly hermes: typeof run;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}> {
  const double = await startGitHub(options);
  doubles.push(double);
  const env = {
    HERMES_GITHUB_API_URL: double.apiUrl,
    HERMES_GITHUB_TOKEN: TOKEN,
    GIT_AUTHOR_NAME: 'Ana',
    GIT_AUTHOR_EMAIL: 'ana@example.com',
  };
  const folder = temporaryFolder();
  const run = (...words: string[]) => begin(folder, words, env).finished;
  return { double, hermes: run, folder, env };
}
declare function run(...words: string[]): ReturnType<typeof begin>['finished'];

/** A repository as the template is. */
export const today = (name: string, kind: 'product' | 'airflow' = 'product', more: Partial<Answers> = {}) =>
  Object.fromEntries(
    planRepository(kind, { ...answers, ...more, name }).map(({ path, bytes }) => [path, bytes]),
  );
/** A repository of an older template. */
export const older = () =>
  olderRepository('product', (path, text) => (path === '.travis.yml' ? `${text}# an old line\n` : text));

/** Ends what a test started. */
export async function endFleet(): Promise<void> {
  endSpawned();
  await Promise.all(doubles.splice(0).map((double) => double.stop()));
}
