import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { commands } from '../../src/cli/commands.ts';
import { packageManifest, packageRoot } from '../../src/core/package-root.ts';

const docs = readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(packageRoot, 'docs', name));
const pages = [join(packageRoot, 'README.md'), ...docs];

describe('the documents', () => {
  for (const page of pages) {
    const name = relative(packageRoot, page);
    const text = readFileSync(page, 'utf8');

    it(`${name} links to files that exist`, () => {
      const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((link) => link[1] ?? '');
      for (const target of targets) assert.ok(existsSync(join(dirname(page), target)), target);
    });

    it(`${name} names commands and scripts that exist`, () => {
      for (const [, words = ''] of text.matchAll(/`(?:npx )?hermes ([a-z][a-z -]*)/g)) {
        const [first, second] = words.trim().split(' ');
        const paths = commands.map((command) => command.path);
        assert.ok(paths.includes(`${first}`) || paths.includes(`${first} ${second}`), `hermes ${words}`);
      }
      for (const [, script = ''] of text.matchAll(/npm run (?:-s )?([a-z:-]+)/g)) {
        assert.ok(Object.hasOwn(packageManifest.scripts, script), `npm run ${script}`);
      }
    });
  }
});
