import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageManifest, packageRoot } from '../src/core/package-root.ts';

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
}

describe('the package', () => {
  it('locks every optional binary of its dependencies, without which npm ci refuses a fresh clone', () => {
    const text = readFileSync(join(packageRoot, 'package-lock.json'), 'utf8');
    const locked: Readonly<Record<string, LockedPackage>> = JSON.parse(text).packages;
    const wanted = Object.values(locked).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies),
    );
    const names = new Set(Object.keys(locked).map((path) => path.split('node_modules/').at(-1)));
    assert.deepEqual(
      wanted.filter((name) => !names.has(name)),
      [],
    );
  });

  it('names no registry in its lock', () => {
    assert.doesNotMatch(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8'), /"resolved"/);
  });

  it('asks for the Node that its first line checks', () => {
    const main = readFileSync(join(packageRoot, 'src', 'cli', 'main.ts'), 'utf8');
    const [, major, minor] = /MINIMUM_NODE = \[(\d+), (\d+)\]/.exec(main) ?? [];
    assert.equal(packageManifest.engines.node, `>=${major}.${minor}`);
  });
});
