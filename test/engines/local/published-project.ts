import { createHash } from 'node:crypto';
import { folderStore } from '../../../src/artifacts/folder-store.ts';
import { manifestKey, pointerKey, scriptKey } from '../../../src/artifacts/keys.ts';
import type { Manifest, Pointer } from '../../../src/artifacts/manifest.ts';

/** Scripts of a project by name, published as a release to a folder store, with `latest` on it. */
export async function publishProject(
  folder: string,
  project: { team: string; name: string; version: string; scripts: Readonly<Record<string, string>> },
): Promise<void> {
  const store = folderStore(folder);
  const build = { team: project.team, project: project.name, version: project.version };
  const files = await Promise.all(
    Object.entries(project.scripts).map(async ([script, source]) => {
      const bytes = Buffer.from(source);
      const key = scriptKey(build, script);
      await store.create(key, bytes);
      return { key, sha256: sha256(bytes), bytes: bytes.length, kind: 'script' as const, script };
    }),
  );
  const manifest: Manifest = {
    project: project.name,
    version: project.version,
    commit: '3f1c2aa0d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2',
    ref: 'refs/heads/master',
    builder: '1.0.0',
    tree: '8be21c0'.padEnd(40, '0'),
    built_at: '2026-01-01T00:00:00Z',
    files,
    dependencies: [],
  };
  const text = Buffer.from(JSON.stringify(manifest));
  await store.create(manifestKey(build), text);
  const pointer: Pointer = {
    version: project.version,
    commit: manifest.commit,
    manifest: { key: manifestKey(build), sha256: sha256(text) },
    movedAt: '2026-01-01T00:00:00Z',
    movedBy: 'test',
    reason: 'release',
  };
  await store.create(pointerKey(build), Buffer.from(JSON.stringify(pointer)));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
