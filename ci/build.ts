import type { BuildName } from '../src/artifacts/keys.ts';
import type { ManifestFile } from '../src/artifacts/manifest.ts';

/** A file that a build made, before it is anywhere else. */
export interface BuiltFile {
  readonly fileName: string;
  readonly kind: ManifestFile['kind'];
  /** Name of the script; absent for the others. */
  readonly script?: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** Equal for files that do the same: of a wheel over what it installs, of a script its `sha256`. */
  readonly contentHash: string;
}

/** Everything that one project gives to a store, tied to the commit that it was built from. */
export interface Build extends BuildName {
  readonly commit: string;
  /** `refs/heads/master` */
  readonly ref: string;
  /** Git's hash of the project's folder. */
  readonly tree: string;
  /** Author of the commit, as git has it. */
  readonly author?: string;
  readonly runUrl?: string;
  /** Version of Hermes. */
  readonly builder: string;
  /** ISO 8601. */
  readonly builtAt: string;
  readonly requiresPython?: string;
  readonly dependencies: readonly string[];
  readonly files: readonly BuiltFile[];
  /** Where the project says its version: `helloworld/pyproject.toml:3`. */
  readonly versionPlace: string;
}
