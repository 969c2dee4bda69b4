import semver from 'semver';
import { hermesVersion } from '../core/package-root.ts';
import type { PlannedFile } from './decide-file.ts';
import type { RepositoryFiles } from './repository-file.ts';
import type { TemplateRecord } from './template-record.ts';

/** Says which releases of Hermes may work on the repository; the team's own file in everything else. */
export const RANGE_PATH = 'hermes.yaml';

const RANGE = /^(hermes:[ \t]*)(["']?)([^"'#\r\n]*?)\2([ \t]*(?:#.*)?)$/m;

/** Whether the range may leave this Hermes out: it never does within one major version. */
export function isRangeDue({ version }: TemplateRecord): boolean {
  return semver.major(version) !== semver.major(hermesVersion);
}

/**
 * Lets this Hermes in where the range leaves it out: CI of the updated repository uses it. One line changes.
 * @returns undefined when there is nothing to do
 */
export function planRange(record: TemplateRecord, here: RepositoryFiles): PlannedFile | undefined {
  const ours = here.get(RANGE_PATH);
  if (!isRangeDue(record) || ours?.bytes === undefined) return undefined;
  const text = ours.bytes.toString();
  const range = RANGE.exec(text)?.[3];
  if (range === undefined || semver.validRange(range) === null) return undefined;
  if (semver.satisfies(hermesVersion, range)) return undefined;
  const { major, minor } = semver.parse(hermesVersion) ?? { major: 0, minor: 0 };
  const bytes = Buffer.from(text.replace(RANGE, `$1^${major}.${minor}$4`));
  const recorded = record.files[RANGE_PATH];
  return {
    path: RANGE_PATH,
    action: 'widen',
    state: 'behind',
    executable: ours.mode === '100755',
    ours,
    written: { path: RANGE_PATH, bytes, executable: false },
    ...(recorded === undefined ? {} : { recorded, next: recorded }),
  };
}
