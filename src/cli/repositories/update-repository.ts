import { sha256Hex } from '../../core/sha256.ts';
import type {
  FleetRepository,
  ProposalOutcome,
  RepositoryFleet,
} from '../../github/fleet/repository-fleet.ts';
import type { GitContext } from '../../github/git/git.ts';
import type { Identity } from '../../github/git/identity.ts';
import { mergeText } from '../../github/git/merge-text.ts';
import { describeUpdate, type UpdateDescription } from '../../templates/describe-update.ts';
import { type RepositoryUpdate, resolveUpdate } from '../../templates/resolve-update.ts';
import { changesSince } from '../../templates/template-changes.ts';
import type { RecordedFile } from '../../templates/template-record.ts';
import type { SurveyedRepository } from './survey-repository.ts';

/** An update of one repository, ready to be offered. */
export interface PreparedUpdate {
  readonly survey: SurveyedRepository;
  readonly update: RepositoryUpdate;
  readonly description: UpdateDescription;
}

/** Merges what has to be merged. Changes nothing. */
export async function prepareUpdate(
  fleet: RepositoryFleet,
  survey: SurveyedRepository,
  context: GitContext,
): Promise<PreparedUpdate> {
  const { record, plan, here, repository } = survey;
  const update = await resolveUpdate(record, plan, here, {
    merge: (sides) => mergeText(sides, context),
    readBase: (path, recorded) => readBase(fleet, repository, path, recorded, context.signal),
  });
  const releases = changesSince(record.kind, record.version);
  return { survey, update, description: describeUpdate(update, releases, repository.defaultBranch) };
}

/** Offers the update; withdraws what was offered when the repository has caught up. */
export async function offerUpdate(
  fleet: RepositoryFleet,
  { survey: { repository }, update, description }: PreparedUpdate,
  identity: Identity,
  signal: AbortSignal,
): Promise<ProposalOutcome> {
  const { head } = repository;
  if (head === undefined) return { outcome: 'nothing' };
  return fleet.propose(repository, { head, changes: update.changes, ...description, identity }, signal);
}

/** By its id; in a repository whose record has none, by its hash among all that the file ever was. */
async function readBase(
  fleet: RepositoryFleet,
  repository: FleetRepository,
  path: string,
  recorded: RecordedFile,
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  if (recorded.blob !== undefined) {
    const bytes = await fleet.readBlob(repository, recorded.blob, signal);
    if (bytes !== undefined && sha256Hex(bytes) === recorded.sha256) return bytes;
  }
  for (const blob of await fleet.readHistory(repository, path, signal)) {
    const bytes = await fleet.readBlob(repository, blob, signal);
    if (bytes !== undefined && sha256Hex(bytes) === recorded.sha256) return bytes;
  }
  return undefined;
}
