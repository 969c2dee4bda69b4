import { type GitHubDouble, type GitHubOptions, startGitHub, TOKEN } from '../fakes/github/start-github.ts';
import { temporaryFolder } from '../setup.ts';
import { begin, endSpawned } from './spawned-hermes.ts';

/** Who commits. */
export const AUTHOR = { GIT_AUTHOR_NAME: 'Ana', GIT_AUTHOR_EMAIL: 'ana@example.com' };

/** `hermes repo create` with a GitHub of each test's own. */
export interface CreatingOnGitHub {
  /** Of the test that runs. */
  readonly double: GitHubDouble;
  readonly cwd: string;
  start(options?: GitHubOptions): Promise<void>;
  run(words: readonly string[], env?: NodeJS.ProcessEnv): ReturnType<typeof begin>;
  /** What GitHub was asked so far. */
  routes(): string[];
}

/** To be called inside of `describe`: what a test starts ends with it. */
export function creatingOnGitHub(): CreatingOnGitHub {
  let double: GitHubDouble;
  let cwd = '';
  afterEach(async () => {
    endSpawned();
    await double.stop();
  });
  return {
    get double() {
      return double;
    },
    get cwd() {
      return cwd;
    },
    start: async (options = {}) => {
      double = await startGitHub(options);
      cwd = temporaryFolder();
    },
    run: (words, env = {}) => {
      const own = { HERMES_GITHUB_API_URL: double.apiUrl, HERMES_GITHUB_TOKEN: TOKEN };
      return begin(cwd, ['repo', 'create', ...words], { ...own, ...AUTHOR, ...env });
    },
    routes: () => double.requests.map(({ method, operation }) => `${method} ${operation}`),
  };
}
