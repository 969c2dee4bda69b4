import { type BuildName, buildKey, manifestKey } from '../src/artifacts/keys.ts';
import { type Manifest, ownFiles } from '../src/artifacts/manifest.ts';
import { ConfigError } from '../src/core/errors.ts';
import type { Build, BuiltFile } from './build.ts';

/** What a publish would do to one store, in the order in which it would do it. */
export interface PublishPlan {
  /** The version as the store spells it. */
  readonly version: BuildName;
  /** Written once, before the manifest. */
  readonly uploads: readonly Upload[];
  /** Written last; absent when the version is published already. */
  readonly manifest?: { readonly key: string; readonly value: Manifest };
  /** What is left alone, each with its reason. */
  readonly skipped: readonly Skip[];
}

export interface Upload {
  readonly key: string;
  readonly file: BuiltFile;
}

interface Skip {
  readonly what: string;
  readonly reason: string;
}

/** What a store holds of the version that is about to be published, read beforehand. */
export interface PublishedState {
  /** URL of the store, for messages. */
  readonly store: string;
  /** The manifest of this very version, however it is spelled (`1.2` and `1.2.0` are one). */
  readonly manifest: Manifest | undefined;
  /** Content hash by `sha256` of published wheels whose bytes differ from the build's. */
  readonly contentHashes: ReadonlyMap<string, string>;
}

/** Another content under a version that is published: {@link ConfigError} that names both commits. */
export class VersionTakenError extends ConfigError {}

/**
 * Decides what a build must upload to one store. Pure: `published` is what the store holds.
 * The same bytes, or wheels that install the same, are a success with nothing to upload.
 * @throws VersionTakenError when the version exists with other content
 */
export function planPublish(build: Build, published: PublishedState): PublishPlan {
  const { manifest } = published;
  if (manifest === undefined) {
    return {
      version: nameOf(build, build.version),
      uploads: build.files.map((file) => ({ key: `${buildKey(build)}/${file.fileName}`, file })),
      manifest: { key: manifestKey(build), value: manifestOf(build) },
      skipped: [],
    };
  }
  if (!isSameContent(build, manifest, published.contentHashes))
    throw versionTaken(build, published.store, manifest);
  const reason = `published already, from ${manifest.commit.slice(0, 7)}, with the same content`;
  return {
    version: nameOf(build, manifest.version),
    uploads: [],
    skipped: [{ what: build.version, reason }],
  };
}

/** The record of a build, as the store keeps it. */
export function manifestOf(build: Build): Manifest {
  return {
    project: build.project,
    version: build.version,
    commit: build.commit,
    ref: build.ref,
    ...(build.author === undefined ? {} : { author: build.author }),
    ...(build.runUrl === undefined ? {} : { run_url: build.runUrl }),
    builder: build.builder,
    tree: build.tree,
    built_at: build.builtAt,
    files: build.files.map(({ fileName, sha256, bytes, kind, script }) => ({
      key: `${buildKey(build)}/${fileName}`,
      sha256,
      bytes: bytes.length,
      kind,
      ...(script === undefined ? {} : { script }),
    })),
    ...(build.requiresPython === undefined ? {} : { requires_python: build.requiresPython }),
    dependencies: [...build.dependencies],
  };
}

/** @param published absent when an interrupted publish left a file without a manifest */
export function versionTaken(
  build: Build,
  store: string,
  published: Manifest | undefined,
  key = buildKey(build),
): VersionTakenError {
  const commit = build.commit.slice(0, 7);
  const other =
    published === undefined
      ? 'another publish, interrupted or still under way, left other content there'
      : `that version exists with other content (built from ${published.commit.slice(0, 7)})`;
  const again =
    published === undefined ? 'Let that publish end, or run its CI again; otherwise raise' : 'Raise';
  return new VersionTakenError(`Cannot publish ${build.project} ${build.version}: ${other}.`, {
    code: 'HERMES_VERSION_TAKEN',
    facts: { store, key, commit },
    nextStep: `${again} \`version\` in ${build.versionPlace}.`,
  });
}

function nameOf({ team, project, branch }: Build, version: string): BuildName {
  return { team, project, version, ...(branch === undefined ? {} : { branch }) };
}

function isSameContent(
  build: Build,
  manifest: Manifest,
  contentHashes: ReadonlyMap<string, string>,
): boolean {
  if (manifest.ref !== build.ref && build.branch !== undefined) return false;
  const [files, others] = [ownFiles(build.files), ownFiles(manifest.files)];
  if (files.length !== others.length) return false;
  return files.every((file) => {
    const twin = others.find((other) => other.kind === file.kind && other.script === file.script);
    return (
      twin !== undefined &&
      (twin.sha256 === file.sha256 || contentHashes.get(twin.sha256) === file.contentHash)
    );
  });
}
