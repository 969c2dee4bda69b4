import type { Identity } from './identity.ts';

/** A file of a commit; the path is relative, with `/`. */
interface CommittedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

/** The commit that a repository begins with. */
export interface FirstCommit {
  readonly files: readonly CommittedFile[];
  readonly message: string;
  readonly identity: Identity;
  readonly date: Date;
}
