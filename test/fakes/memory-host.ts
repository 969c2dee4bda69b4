import { createHash } from 'node:crypto';
import { renderFastImport } from '../../src/github/git/fast-import.ts';
import {
  DEFAULT_BRANCH,
  type MadeRepository,
  type PlannedStep,
  type RepositoryHost,
  type WantedRepository,
} from '../../src/github/repository-host.ts';
import { describeWanted, repositoryTaken } from '../../src/github/repository-taken.ts';

/** A host without a disk. `cloneUrl` may name a real repository, so that git can clone it. */
export function createMemoryHost(cloneUrl = (name: string) => `memory://${name}`): RepositoryHost {
  const repositories = new Map<string, WantedRepository>();
  const steps = (wanted: WantedRepository): PlannedStep[] => {
    const stands = repositories.get(wanted.name);
    const is = describeWanted(stands ?? wanted);
    if (is !== describeWanted(wanted)) throw repositoryTaken(wanted.name, cloneUrl(wanted.name), is);
    const calls = stands === undefined ? [{ method: 'keep', path: wanted.name }] : [];
    return [{ name: 'content', purpose: 'keep it in mind', calls, isDone: stands !== undefined }];
  };
  return {
    find: async (name) => (repositories.has(name) ? { name, cloneUrl: cloneUrl(name) } : undefined),
    plan: async (wanted) => ({ repository: wanted.name, looks: [], steps: steps(wanted) }),
    create: async (wanted, onStep, signal): Promise<MadeRepository> => {
      signal.throwIfAborted();
      const { name } = wanted;
      const outcomes = steps(wanted).map(({ isDone, ...step }) => {
        return { name: step.name, purpose: step.purpose, outcome: isDone ? 'there' : 'done' } as const;
      });
      const isMade = !repositories.has(name);
      if (isMade) repositories.set(name, wanted);
      for (const outcome of outcomes) onStep(outcome);
      const url = cloneUrl(name);
      const commit = createHash('sha1')
        .update(renderFastImport((repositories.get(name) ?? wanted).first))
        .digest('hex');
      const place = { name, cloneUrl: url, webUrl: url, defaultBranch: DEFAULT_BRANCH };
      return { ...place, commit, isMade, steps: outcomes };
    },
  };
}
