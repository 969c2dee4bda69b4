import { dirname } from 'node:path/posix';
import { HermesError } from '../../core/errors.ts';
import type { FleetRepository, RepositoryFleet } from '../../github/fleet/repository-fleet.ts';
import type { TemplateKind } from '../../templates/answers.ts';
import type { PlannedFile } from '../../templates/decide-file.ts';
import { parseRecord } from '../../templates/parse-record.ts';
import { managedPaths, planUpdate, type UpdateInput, unreadPaths } from '../../templates/plan-update.ts';
import { renderTemplate } from '../../templates/render-template.ts';
import type { RepositoryFiles } from '../../templates/repository-file.ts';
import { templateRenames } from '../../templates/template-changes.ts';
import { readTemplate, type TemplateFile } from '../../templates/template-files.ts';
import { RECORD_PATH, type TemplateRecord } from '../../templates/template-record.ts';

/** Folders in which templates keep managed files. */
export const MANAGED_FOLDERS: readonly string[] = ['.github/workflows', '.hermes', 'build_tools'];

/** What is known of a repository of a fleet. */
export type Survey =
  | { readonly is: 'archived' | 'foreign' | 'other kind'; readonly repository: FleetRepository }
  | { readonly is: 'unreadable'; readonly repository: FleetRepository; readonly trouble: string }
  | SurveyedRepository;

/** A repository that Hermes made. */
export interface SurveyedRepository {
  readonly is: 'hermes';
  readonly repository: FleetRepository;
  readonly record: TemplateRecord;
  readonly here: RepositoryFiles;
  readonly plan: readonly PlannedFile[];
}

const templates = new Map<TemplateKind, TemplateFile[]>();

/**
 * Compares one repository with the template of this Hermes. Asks its host for nothing more as long as all managed files
 * are as they were written, or as the template is.
 * @param isWhole Read every file, as an update has to.
 */
export async function surveyRepository(
  fleet: RepositoryFleet,
  repository: FleetRepository,
  signal: AbortSignal,
  isWhole = false,
): Promise<Survey> {
  if (repository.trouble !== undefined) return { is: 'unreadable', repository, trouble: repository.trouble };
  if (repository.isArchived) return { is: 'archived', repository };
  if (repository.record === undefined) return { is: 'foreign', repository };
  if (repository.files.get(RECORD_PATH)?.mode === '120000')
    return { is: 'unreadable', repository, trouble: `${RECORD_PATH} is a link, not the file itself.` };
  try {
    const record = parseRecord(repository.record, `${repository.name}/${RECORD_PATH}`);
    const fresh = renderTemplate(templateOf(record.kind), record.answers);
    const known = { record, fresh, renames: templateRenames(record.kind, record.version) };
    const isListed = managedPaths(record, fresh).every(isInManagedFolder);
    const files = isListed && !isWhole ? repository.files : await fleet.readFiles(repository, signal);
    const here = await withContents({ ...known, here: files }, fleet, repository, signal);
    return { is: 'hermes', repository, record, here, plan: planUpdate({ ...known, here }) };
  } catch (error) {
    if (!isOwnTrouble(error, signal)) throw error;
    return { is: 'unreadable', repository, trouble: error.message };
  }
}

/** What would stop any other repository as well. */
const COMMON: ReadonlySet<string> = new Set([
  'HERMES_GITHUB_LIMIT',
  'HERMES_GITHUB_SIGN_IN',
  'HERMES_GITHUB_UNREACHABLE',
]);

/** Whether an error is that of one repository, so that there is use in going on with the others. */
export function isOwnTrouble(error: unknown, signal: AbortSignal): error is HermesError {
  return error instanceof HermesError && !signal.aborted && !COMMON.has(error.code);
}

function templateOf(kind: TemplateKind): TemplateFile[] {
  const known = templates.get(kind) ?? readTemplate(kind);
  templates.set(kind, known);
  return known;
}

function isInManagedFolder(path: string): boolean {
  return !path.includes('/') || MANAGED_FOLDERS.includes(dirname(path));
}

async function withContents(
  input: UpdateInput,
  fleet: RepositoryFleet,
  repository: FleetRepository,
  signal: AbortSignal,
): Promise<RepositoryFiles> {
  const read = await Promise.all(
    unreadPaths(input).map(async (path) => {
      const file = input.here.get(path);
      const bytes = file && (await fleet.readBlob(repository, file.blob, signal));
      return file === undefined || bytes === undefined ? [] : [[path, { ...file, bytes }] as const];
    }),
  );
  return new Map([...input.here, ...read.flat()]);
}
