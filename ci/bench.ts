import type { Clock } from '../src/core/clock.ts';
import { findPython, type Python } from '../src/core/python.ts';
import type { CiRequest } from './ci-request.ts';
import type { Git } from './git.ts';
import type { Preparation } from './python-environment.ts';

/** What every step needs that runs code of a project. */
export interface Bench extends Preparation {
  readonly git: Git;
  readonly clock: Clock;
  /** Finds Python once, at the first project that needs it. */
  readonly python: () => Promise<Python>;
}

/** Packages are being installed, which may take a while. */
export interface PreparingEvent {
  readonly event: 'preparing';
  /** `the tests of helloworld` */
  readonly purpose: string;
}

/** Gets ready for running code of a project; nothing is looked for or installed before it is needed. */
export function openBench(
  git: Git,
  { env, home, clock, signal }: CiRequest,
  report: (event: PreparingEvent) => void,
): Bench {
  return {
    git,
    clock,
    env,
    signal,
    cache: home.cache,
    announce: (purpose) => report({ event: 'preparing', purpose }),
    python: once(() => findPython({ cwd: git.root, env, signal })),
  };
}

/** Asks at the first use, and then never again. */
function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask();
    return answer;
  };
}
