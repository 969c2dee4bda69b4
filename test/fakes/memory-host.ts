import { createHash } from 'node:crypto';
import { repositoryTaken } from '../../src/github/disk-host.ts';
import { renderFastImport } from '../../src/github/fast-import.ts';
import type { CiRun, HostedRepository, RepositoryHost } from '../../src/github/repository-host.ts';

/** A host without a disk, whose CI always passes. `cloneUrl` may name a real repository, so that git can clone it. */
export function createMemoryHost(cloneUrl = (name: string) => `memory://${name}`): RepositoryHost {
  const repositories = new Map<string, HostedRepository>();
  let runs = 0;
  return {
    find: async (name) => repositories.get(name),
    create: async (name, first) => {
      if (repositories.has(name)) throw repositoryTaken(name, cloneUrl(name));
      const hosted = { name, cloneUrl: cloneUrl(name) };
      repositories.set(name, hosted);
      return { ...hosted, commit: createHash('sha1').update(renderFastImport(first)).digest('hex') };
    },
    remove: async (name) => void repositories.delete(name),
    enableCi: async () => {},
    runCi: async (name, commit, onLine): Promise<CiRun> => {
      onLine('tested');
      runs += 1;
      const step = { phase: 'script', command: 'build_tools/test.sh', exitCode: 0, seconds: 0 } as const;
      const log = `memory://${name}/${runs}`;
      return { number: runs, ref: 'refs/heads/master', commit, outcome: 'passed', log, steps: [step] };
    },
  };
}
