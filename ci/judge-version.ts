import { compareVersions, parseVersion } from '../src/core/pep440.ts';

/** Versions of one project: in the work, where it left the target branch, and where that branch stands. */
export interface VersionsOfProject {
  readonly head: string;
  readonly base: string;
  /** Absent when the branch has no such project any more. */
  readonly tip?: string | undefined;
}

/**
 * `raised`: above everything that the target has had. `same`: as where the work began. `lowered`: below that.
 * `taken`: raised, but the target branch was raised as high or higher meanwhile.
 */
export type VersionJudgement = 'raised' | 'same' | 'lowered' | 'taken';

/** Judges by the order of PEP 440. */
export function judgeVersion({ head, base, tip }: VersionsOfProject): VersionJudgement {
  const order = compareVersions(head, base);
  if (order < 0) return 'lowered';
  if (order === 0) return 'same';
  return tip !== undefined && compareVersions(head, tip) <= 0 ? 'taken' : 'raised';
}

/** The version that is free for certain: behind the highest of those that are in use. */
export function suggestVersion({ base, tip = base }: Omit<VersionsOfProject, 'head'>): string {
  return nextVersion(compareVersions(tip, base) > 0 ? tip : base);
}

/** `0.1.0` → `0.1.1`, `1.0rc1` → `1.0rc2`: the last number of the version, without a label, goes up by one. */
export function nextVersion(version: string): string {
  const text = parseVersion(version)?.public ?? version;
  return text.replace(/\d+(?=\D*$)/, (number) => String(BigInt(number) + 1n));
}
