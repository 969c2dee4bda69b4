import { existsSync } from 'node:fs';
import { ConfigError, HermesError } from '../core/errors.ts';
import { tryFolder } from '../core/try-folder.ts';
import { cloneCheckout } from '../github/git/checkout.ts';
import type { GitContext } from '../github/git/git.ts';
import { type Identity, resolveIdentity } from '../github/git/identity.ts';
import { beginCheckout } from '../github/git/linked-checkout.ts';
import { originUrl } from '../github/git/origin-repository.ts';
import type {
  MadeRepository,
  RepositoryHost,
  StepOutcome,
  WantedRepository,
} from '../github/repository-host.ts';
import { SAMPLE_PROJECT, type TemplateKind } from '../templates/answers.ts';
import type { RenderedFile } from '../templates/render-template.ts';
import type { EnvironmentContent } from './enrol/complete-files.ts';
import { templateMark } from './github/template-mark.ts';
import { type OwnSettings, wantedSettings } from './github/wanted-settings.ts';

/** A repository to be made. */
export interface RepositoryRequest {
  readonly name: string;
  readonly team: string;
  readonly kind: TemplateKind;
  /** Absolute path of the clone; absent when none is wanted. */
  readonly folder?: string;
  /** Where the command was given. */
  readonly cwd: string;
  /** Of the first commit. */
  readonly date: Date;
  /** Its author, when git was asked beforehand. */
  readonly identity?: Promise<Identity>;
  /** What GitHub keeps of it beyond its content. */
  readonly settings?: Partial<OwnSettings>;
  /** Whom CODEOWNERS names: `@acme/weather`; absent: the author. */
  readonly codeOwner?: string;
  /** Artifact store of each environment; absent when each publish is to stay on its machine. */
  readonly stores?: Readonly<Record<string, string>> | undefined;
  /** What a repository of DAGs is to hold of each environment, beside the template. */
  readonly environments?: readonly EnvironmentContent[];
}

/** Who follows a creation, and signs in to the host. */
export interface CreationContext extends GitContext {
  readonly onStep?: (step: StepOutcome) => void;
  /** The context in which git may clone the repository; without it the given one. */
  readonly signIn?: (cloneUrl: string) => Promise<GitContext>;
}

/** What stands after it. */
export interface CreatedRepository extends MadeRepository {
  readonly files: number;
  readonly identity: Identity;
  /** False when the clone stood already, or none was wanted. */
  readonly isCloned: boolean;
}

/**
 * Renders the template, makes the repository with it at its host, and clones it. Everything that can be refused is
 * refused before anything is made. What is interrupted is finished by the same call.
 */
export async function createRepository(
  request: RepositoryRequest,
  host: RepositoryHost,
  { onStep = () => {}, signIn, ...context }: CreationContext,
): Promise<CreatedRepository> {
  const { folder, cwd } = request;
  const { wanted, identity } = await planContent(request, context);
  const isThere = folder !== undefined && existsSync(folder);
  if (isThere) await refuseOtherFolder(request, folder, host, context);
  const isCloned = folder !== undefined && !isThere;
  if (isCloned) tryFolder(folder);
  const begun = isCloned && host.isOnThisDisk === true ? beginCheckout(folder, context) : undefined;
  try {
    const made = await host.create(wanted, onStep, context.signal);
    const isFinished = made.isMade && (await (await begun)?.finish(made, identity)) === true;
    // A clone that fails removes its own traces, and nothing that another put there.
    if (isCloned && !isFinished) {
      const signedIn = (await signIn?.(made.cloneUrl)) ?? context;
      await cloneCheckout(made.cloneUrl, folder, identity, cwd, signedIn);
    }
    return { ...made, files: wanted.first.files.length, identity, isCloned };
  } finally {
    (await begun)?.discard();
  }
}

/** Renders what a repository is to hold, by whom. */
export async function planContent(
  request: RepositoryRequest,
  context: GitContext,
): Promise<{ readonly wanted: WantedRepository; readonly identity: Identity }> {
  const { name, team, kind, date, settings } = request;
  const [identity, { planRepository }] = await Promise.all([
    request.identity ?? resolveIdentity(request.cwd, context),
    import('../templates/plan-repository.ts'),
  ]);
  const author = { authorName: identity.name, authorEmail: identity.email };
  const owner = request.codeOwner === undefined ? {} : { codeOwner: request.codeOwner };
  const stores = hasStores(request) ? { stores: request.stores } : {};
  const rendered = planRepository(kind, {
    name,
    team,
    project: SAMPLE_PROJECT,
    ...author,
    ...owner,
    ...stores,
  });
  const files = await withEnvironments(rendered, request);
  const message = `Start ${name} from the ${kind} template of Hermes`;
  const own = { visibility: 'private', team, variables: {}, secrets: {}, ...settings } as const;
  const first = { files, message, identity, date };
  return { wanted: { name, first, mark: templateMark, settings: wantedSettings(kind, team, own) }, identity };
}

/** The files with what the platform says of each environment. */
async function withEnvironments(
  files: readonly RenderedFile[],
  { kind, team, environments = [] }: RepositoryRequest,
): Promise<readonly RenderedFile[]> {
  if (kind !== 'airflow' || environments.length === 0) return files;
  const { completeFiles } = await import('./enrol/complete-files.ts');
  return completeFiles(files, team, environments);
}

/** Where CI publishes is told to the repositories whose CI does. */
function hasStores({ kind, stores = {} }: RepositoryRequest): boolean {
  return kind === 'product' && Object.keys(stores).length > 0;
}

/** A folder that is a clone of this very repository is one that an earlier call made. */
async function refuseOtherFolder(
  { name }: RepositoryRequest,
  folder: string,
  host: RepositoryHost,
  context: GitContext,
): Promise<void> {
  const [hosted, origin] = await Promise.all([host.find(name, context.signal), originOf(folder, context)]);
  if (hosted !== undefined && origin === hosted.cloneUrl) return;
  throw new ConfigError(`Cannot create repository ${name}: ${folder} exists already.`, {
    code: 'HERMES_FOLDER_TAKEN',
    nextStep: 'Choose another name, or move that folder away.',
  });
}

/** Undefined for a folder that is the root of no clone. */
async function originOf(folder: string, context: GitContext): Promise<string | undefined> {
  if (!existsSync(`${folder}/.git`)) return undefined;
  try {
    return await originUrl(folder, context);
  } catch (error) {
    if (error instanceof HermesError && error.code === 'HERMES_GIT_FAILED') return undefined;
    throw error;
  }
}
