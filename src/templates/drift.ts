import type { DriftState } from './decide-file.ts';
import { RANGE_PATH } from './hermes-range.ts';
import { managedPaths, planUpdate } from './plan-update.ts';
import type { RenderedFile } from './render-template.ts';
import { type RepositoryFiles, readWorkingFiles } from './repository-file.ts';
import { templateRenames } from './template-changes.ts';
import type { TemplateRecord } from './template-record.ts';

/** One managed file. */
export interface FileDrift {
  readonly path: string;
  readonly state: DriftState;
}

/** States that mean nothing to do. */
export function isDrift({ state }: FileDrift): boolean {
  return !['same', 'own', 'deleted'].includes(state);
}

/**
 * Compares the managed files of a repository with its record and with what this Hermes would write. Pure: `here` holds
 * at least the managed files, `fresh` the template of this Hermes.
 */
export function compareWithTemplate(
  record: TemplateRecord,
  fresh: readonly RenderedFile[],
  here: RepositoryFiles,
): FileDrift[] {
  const renames = templateRenames(record.kind, record.version);
  return planUpdate({ record, fresh, here, renames }).map(({ path, state }) => ({ path, state }));
}

/** The managed files of a working folder. */
export function readManaged(
  folder: string,
  record: TemplateRecord,
  fresh: readonly RenderedFile[],
): RepositoryFiles {
  return readWorkingFiles(folder, [...managedPaths(record, fresh), RANGE_PATH]);
}
