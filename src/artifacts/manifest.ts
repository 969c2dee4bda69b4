import { z } from 'zod';

const file = z.strictObject({
  /** Key inside the store: `<team>/<project>/<version>/<name>`. */
  key: z.string().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().nonnegative(),
  /** `runtime`: the wheel of `hermes_runtime`, the same for all projects that one version of Hermes published. */
  kind: z.enum(['script', 'wheel', 'runtime']),
  /** Name of the script; absent for the others. */
  script: z.string().optional(),
});

/**
 * `manifest.json` of one version, written last: a version without it does not exist.
 * It is the integrity check of a build, since pip does not verify RECORD.
 */
export const manifestSchema = z.strictObject({
  project: z.string(),
  /** PEP 440, normalised; a feature build carries its branch: `1.5.0+feature.x.h1f0c9d2e.g3f1c2aa0`. */
  version: z.string(),
  commit: z.string(),
  /** The full ref that was built, e.g. `refs/heads/master`. */
  ref: z.string(),
  /** Author of the commit, as git has it: a text of unknown origin. */
  author: z.string().optional(),
  /** Page of the CI run, when CI built it. */
  run_url: z.string().optional(),
  /** Version of Hermes that built it. */
  builder: z.string(),
  /** Git tree hash of the project's folder. */
  tree: z.string(),
  built_at: z.string(),
  files: z.array(file),
  requires_python: z.string().optional(),
  dependencies: z.array(z.string()),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ManifestFile = Manifest['files'][number];

/** Those of the files that are the project's own: what two builds are compared by. */
export function ownFiles<File extends Pick<ManifestFile, 'kind'>>(files: readonly File[]): readonly File[] {
  return files.filter(({ kind }) => kind !== 'runtime');
}

/** `latest.json` of a project or of a branch: which version stands, and how it came to stand. */
export const pointerSchema = z.strictObject({
  version: z.string(),
  /** Counts the moves of a project's `latest` from 1; absent counts as 1. The pointer of a branch has none. */
  sequence: z.int().positive().optional(),
  commit: z.string(),
  manifest: z.strictObject({ key: z.string(), sha256: z.string() }),
  /** The version that stood before. */
  previous: z.string().optional(),
  movedAt: z.string(),
  movedBy: z.string(),
  reason: z.string(),
  /** Set by a rollback: versions up to this one never move the pointer again. */
  floor: z.string().optional(),
});

export type Pointer = z.infer<typeof pointerSchema>;
