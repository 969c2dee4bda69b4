import { branchSlug, buildKey, featureVersion, manifestKey, pointerKey } from '../../src/artifacts/keys.ts';
import type { Manifest, Pointer } from '../../src/artifacts/manifest.ts';
import { encodeRecord } from '../../src/artifacts/record.ts';
import type { ArtifactStore } from '../../src/artifacts/store.ts';
import { sha256Hex } from '../../src/core/sha256.ts';

export interface PublishedFixture {
  readonly project?: string;
  /** Of a feature build, without its label. */
  readonly version: string;
  readonly branch?: string;
  readonly commit?: string;
  readonly scripts?: readonly string[];
  readonly wheel?: boolean;
  /** Version of Hermes whose `hermes_runtime` goes along. */
  readonly runtime?: string;
  /** Moves the pointer of the project or the branch here. @defaultValue true */
  readonly pointer?: boolean;
}

export const team = 'weather';
export const commit = '3f1c2aa0d2e4f6a8b0c2d4e6f8a0b2c4d6e8f0a2';

/** Writes a version as a publish does, with small files, and answers its version. */
export async function publishFixture(store: ArtifactStore, fixture: PublishedFixture): Promise<string> {
  const project = fixture.project ?? 'observations';
  const ref = `refs/heads/${fixture.branch ?? 'master'}`;
  const branch = fixture.branch === undefined ? undefined : branchSlug(ref);
  const at = fixture.commit ?? commit;
  const version = branch === undefined ? fixture.version : featureVersion(fixture.version, branch, at);
  const build = { team, project, version, ...(branch === undefined ? {} : { branch }) };
  const names = [
    ...(fixture.scripts ?? [project]).map((script) => ({ script, name: `${script}-${version}.py` })),
    ...(fixture.wheel === false
      ? []
      : [{ script: undefined, name: `${project}-${version}-py3-none-any.whl` }]),
    ...(fixture.runtime === undefined
      ? []
      : [{ script: undefined, name: `hermes_runtime-${fixture.runtime}-py3-none-any.whl` }]),
  ];
  const files: Manifest['files'] = [];
  for (const { script, name } of names) {
    const key = `${buildKey(build)}/${name}`;
    const bytes = Buffer.from(`content of ${name}`);
    await store.create(key, bytes);
    const library = name.startsWith('hermes_runtime') ? 'runtime' : 'wheel';
    const kind = script === undefined ? library : 'script';
    files.push({
      key,
      sha256: sha256Hex(bytes),
      bytes: bytes.length,
      kind,
      ...(script === undefined ? {} : { script }),
    });
  }
  const built_at = '2026-11-21T06:00:00.000Z';
  const manifest = encodeRecord({
    project,
    version,
    commit: at,
    ref,
    builder: '1.0.0',
    tree: 'b'.repeat(40),
    built_at,
    files,
    dependencies: [],
  });
  await store.create(manifestKey(build), manifest);
  if (fixture.pointer !== false) await point(store, build, sha256Hex(manifest), at);
  return version;
}

async function point(
  store: ArtifactStore,
  build: Parameters<typeof manifestKey>[0],
  hash: string,
  at: string,
): Promise<void> {
  const key = pointerKey(build);
  const pointer: Pointer = {
    version: build.version,
    commit: at,
    manifest: { key: manifestKey(build), sha256: hash },
    movedAt: '2026-11-21T06:00:00.000Z',
    movedBy: 'test',
    reason: 'test',
  };
  await store.replace(key, encodeRecord(pointer), (await store.read(key))?.etag);
}
