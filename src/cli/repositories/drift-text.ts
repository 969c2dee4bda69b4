import type { DriftState } from '../../templates/decide-file.ts';

/** How a managed file stands to its template, in words. */
export const driftText: Readonly<Record<DriftState, string>> = {
  same: 'as the template',
  changed: 'changed by hand',
  missing: 'missing',
  deleted: 'deleted by the team',
  behind: 'the template has changed',
  diverged: 'changed by hand, and the template has changed',
  unsolved: 'the marks of a conflict stand in it',
  own: 'no longer in the template, and your own',
};
