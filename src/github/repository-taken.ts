import { ConfigError } from '../core/errors.ts';
import type { WantedRepository } from './repository-host.ts';

/** What a repository that is to be made will say of itself. */
export function describeWanted({ first, mark }: WantedRepository): string | undefined {
  const file = first.files.find(({ path }) => path === mark.path);
  return file === undefined ? undefined : mark.describe(Buffer.from(file.bytes).toString());
}

/**
 * The name is in use at the host.
 * @param is What the repository of that name is, when it is one of Hermes: `product repository of team weather`.
 */
export function repositoryTaken(name: string, place: string, is?: string): ConfigError {
  const what = is === undefined ? 'a repository of that name exists' : `the ${is} exists`;
  return new ConfigError(`Cannot create repository ${name}: ${what} at ${place}.`, {
    code: 'HERMES_REPOSITORY_TAKEN',
    nextStep: `Choose another name, or work on that one: git clone ${place}`,
  });
}
