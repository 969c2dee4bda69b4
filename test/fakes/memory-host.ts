import { repositoryTaken } from '../../src/github/disk-host.ts';
import type { HostedRepository, RepositoryHost } from '../../src/github/repository-host.ts';

/** A host without a disk; `cloneUrl` may be a real bare repository, so that git can push to it. */
export function createMemoryHost(cloneUrl = (name: string) => `memory://${name}`): RepositoryHost {
  const repositories = new Map<string, HostedRepository>();
  return {
    find: async (name) => repositories.get(name),
    create: async (name) => {
      if (repositories.has(name)) throw repositoryTaken(name, cloneUrl(name));
      const created = { name, cloneUrl: cloneUrl(name) };
      repositories.set(name, created);
      return created;
    },
    remove: async (name) => void repositories.delete(name),
    enableCi: async () => {},
    ciRun: async () => undefined,
  };
}
