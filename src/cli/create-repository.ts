import { existsSync, rmSync } from 'node:fs';
import { ConfigError } from '../core/errors.ts';
import { commitAll, pushFirstBranch } from '../github/checkout.ts';
import { repositoryTaken } from '../github/disk-host.ts';
import type { GitContext } from '../github/git.ts';
import { type Identity, resolveIdentity } from '../github/identity.ts';
import type { CiRun, RepositoryHost } from '../github/repository-host.ts';
import type { TemplateKind } from '../templates/answers.ts';
import { planRepository, SAMPLE_PROJECT } from '../templates/plan-repository.ts';
import { writeFiles } from '../templates/write-files.ts';

/** A repository to be made. */
export interface RepositoryRequest {
  readonly name: string;
  readonly team: string;
  readonly kind: TemplateKind;
  /** Absolute path of the folder to make. */
  readonly folder: string;
  /** Where the command was given. */
  readonly cwd: string;
  /** Whether the first push runs CI. */
  readonly ci: boolean;
}

/** What was made. */
export interface CreatedRepository {
  readonly origin: string;
  readonly commit: string;
  readonly files: number;
  readonly identity: Identity;
  /** Absent when CI was not asked for. */
  readonly ciRun: CiRun | undefined;
}

/**
 * Renders the template, makes the repository at its host, commits, pushes. Everything that can be refused is
 * refused before anything is made; what fails midway removes what was made.
 * `onCiLine` gets what CI says while it runs. A failing CI is no failure of this function.
 */
export async function createRepository(
  request: RepositoryRequest,
  host: RepositoryHost,
  context: GitContext,
  onCiLine: (line: string) => void,
): Promise<CreatedRepository> {
  const { name, team, kind, folder } = request;
  const identity = await resolveIdentity(request.cwd, context);
  const author = { authorName: identity.name, authorEmail: identity.email };
  const files = planRepository(kind, { name, team, project: SAMPLE_PROJECT, ...author });
  await refuseTaken(request, host, context.signal);

  const undo: (() => Promise<void> | void)[] = [];
  try {
    const { cloneUrl } = await host.create(name, context.signal);
    undo.push(() => host.remove(name, new AbortController().signal));
    undo.push(() => rmSync(folder, { recursive: true, force: true }));
    writeFiles(folder, files);
    const message = `Start ${name} from the ${kind} template of Hermes`;
    const commit = await commitAll({ folder, message, identity, origin: cloneUrl }, context);
    if (request.ci) await host.enableCi(name, context.signal);
    await pushFirstBranch(folder, onCiLine, context);
    if (!request.ci) await host.enableCi(name, context.signal);
    const ciRun = request.ci ? await host.ciRun(name, commit, context.signal) : undefined;
    return { origin: cloneUrl, commit, files: files.length, identity, ciRun };
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

async function refuseTaken(
  request: RepositoryRequest,
  host: RepositoryHost,
  signal: AbortSignal,
): Promise<void> {
  if (existsSync(request.folder)) {
    throw new ConfigError(`Cannot create repository ${request.name}: ${request.folder} exists already.`, {
      code: 'HERMES_FOLDER_TAKEN',
      nextStep: 'Choose another name, or move that folder away.',
    });
  }
  const existing = await host.find(request.name, signal);
  if (existing !== undefined) throw repositoryTaken(request.name, existing.cloneUrl);
}
