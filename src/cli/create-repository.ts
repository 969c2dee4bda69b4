import { existsSync, rmSync } from 'node:fs';
import { ConfigError } from '../core/errors.ts';
import { cloneCheckout } from '../github/checkout.ts';
import { repositoryTaken } from '../github/disk-host.ts';
import type { GitContext } from '../github/git.ts';
import { type Identity, resolveIdentity } from '../github/identity.ts';
import type { CiRun, RepositoryHost } from '../github/repository-host.ts';
import { SAMPLE_PROJECT, type TemplateKind } from '../templates/answers.ts';

/** A repository to be made. */
export interface RepositoryRequest {
  readonly name: string;
  readonly team: string;
  readonly kind: TemplateKind;
  /** Absolute path of the folder to make. */
  readonly folder: string;
  /** Where the command was given. */
  readonly cwd: string;
  /** Of the first commit. */
  readonly date: Date;
  /** Whether CI runs for the first commit. */
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
 * Renders the template, makes the repository with it at its host, clones it, runs CI. Everything that can be
 * refused is refused before anything is made; what fails midway removes what was made.
 * `onCiLine` gets what CI says while it runs. A failing CI is no failure of this function.
 */
export async function createRepository(
  request: RepositoryRequest,
  host: RepositoryHost,
  context: GitContext,
  onCiLine: (line: string) => void,
): Promise<CreatedRepository> {
  const { name, team, kind, folder, ci, date } = request;
  const [identity, { planRepository }] = await Promise.all([
    resolveIdentity(request.cwd, context),
    import('../templates/plan-repository.ts'),
  ]);
  const author = { authorName: identity.name, authorEmail: identity.email };
  const answers = { name, team, project: SAMPLE_PROJECT, ...author };
  const files = planRepository(kind, answers);
  await refuseTaken(request, host, context.signal);
  const message = `Start ${name} from the ${kind} template of Hermes`;
  const { cloneUrl, commit } = await host.create(name, { files, message, identity, date }, context.signal);
  let cloned = false;
  try {
    // A clone that fails removes its own traces, and nothing that another put there.
    await cloneCheckout(cloneUrl, folder, identity, request.cwd, context);
    cloned = true;
    await host.enableCi(name, context.signal);
    const ciRun = ci ? await host.runCi(name, commit, onCiLine, context.signal) : undefined;
    return { origin: cloneUrl, commit, files: files.length, identity, ciRun };
  } catch (error) {
    if (cloned) rmSync(folder, { recursive: true, force: true });
    await host.remove(name, new AbortController().signal);
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
