/** The artifacts that a task asks for, before they are resolved to a pin. */
export interface ArtifactRequest {
  readonly team: string;
  readonly project: string;
  readonly script: string;
  /** `latest`, a PEP 440 version, or a branch name such as `feature/my-branch`. */
  readonly scriptVersion: string;
  /** Absent = the wheel of the script's own version when there is one; `none` = no wheel; else a version. */
  readonly libraryVersion?: string;
}
