import { join } from 'node:path';
import { createDiskFleet } from '../../../src/github/fleet/disk-fleet.ts';
import { git } from '../../../src/github/git/git.ts';
import { itKeepsAFleet } from '../../contracts/repository-fleet.ts';
import { temporaryFolder } from '../../setup.ts';

const { signal } = new AbortController();
const context = { env: process.env, signal };

describe('a fleet on disk', () => {
  itKeepsAFleet(async (repositories) => {
    const folder = temporaryFolder();
    const folderOf = (name: string) => join(folder, `${name}.git`);
    const commit = async (name: string, files: Readonly<Record<string, string>>, branch = 'master') => {
      const parent = `refs/heads/${branch}`;
      const known = await git(folderOf(name), ['for-each-ref', parent], context);
      const parts = Object.entries(files).map(([path, text]) => {
        const mode = path.endsWith('.sh') ? '100755' : '100644';
        return `M ${mode} inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
      });
      const from = known === '' ? '' : `from ${parent}^0\n`;
      const text = `commit ${parent}\nmark :1\ncommitter Bo <bo@b.c> 0 +0000\ndata 2\nx\n${from}${parts.join('')}get-mark :1\n`;
      return git(folderOf(name), ['fast-import', '--quiet'], context, Buffer.from(text));
    };
    const names = Object.keys(repositories).sort();
    for (const name of names) {
      await git(folder, ['init', '--quiet', '--bare', '--initial-branch=master', folderOf(name)], context);
      const files = repositories[name] ?? {};
      if (Object.keys(files).length > 0) await commit(name, files);
    }
    const fleet = createDiskFleet(
      names.map((name) => ({ name, folder: folderOf(name) })),
      context,
    );
    return { fleet, folderOf, commit };
  });
});
