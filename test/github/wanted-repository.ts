import type { RepositoryMark, WantedRepository } from '../../src/github/repository-host.ts';
import type { RepositorySettings } from '../../src/github/repository-settings.ts';

const mark: RepositoryMark = {
  path: 'mark.txt',
  describe: (text) => /^this is the (.+)\n?$/.exec(text)?.[1],
};

const settings: RepositorySettings = {
  description: 'Data products of team weather, made by Hermes',
  visibility: 'private',
  team: 'weather',
  variables: { HERMES_STORE: 's3://acme-dev' },
  secrets: { HERMES_KEY: 'a word that nobody may read' },
  environments: [
    { name: 'dev', branches: 'any' },
    { name: 'prod', branches: 'default' },
  ],
  mergeRules: { approvals: 1, checks: ['test'] },
};

/** A repository as a test wants it: every kind of file, every kind of setting. */
export function wantedRepository(name = 'weather', more: Partial<RepositorySettings> = {}): WantedRepository {
  const file = (path: string, bytes: string | Uint8Array, executable = false) => ({
    path,
    bytes: Buffer.from(bytes),
    executable,
  });
  return {
    name,
    first: {
      files: [
        file(mark.path, 'this is the product repository of team weather\n'),
        file('README.md', '# weather\n'),
        file('.github/workflows/ci.yml', 'on: push\n'),
        file('build_tools/test.sh', '#!/bin/sh\necho tested\n', true),
        file('ñ "x"/data', new Uint8Array([0, 255, 10])),
      ],
      message: 'Start\n\nwith "quotes" and ñ',
      identity: { name: 'Ana López', email: 'ana@example.com', assumed: false },
      date: new Date('2026-01-02T03:04:05Z'),
    },
    mark,
    settings: { ...settings, ...more },
  };
}

/** Another one, of the same name. */
export function otherRepository(name = 'weather'): WantedRepository {
  const wanted = wantedRepository(name, { description: 'Something else' });
  const files = wanted.first.files.map((file) =>
    file.path === mark.path ? { ...file, bytes: Buffer.from('this is the diary of Ana\n') } : file,
  );
  return { ...wanted, first: { ...wanted.first, files } };
}
