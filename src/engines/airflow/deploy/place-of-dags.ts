import { openStore } from '../../../artifacts/open-store.ts';
import type { ArtifactStore } from '../../../artifacts/store.ts';
import { ConfigError, HermesError, type HermesErrorOptions } from '../../../core/errors.ts';

type Family = new (message: string, options: HermesErrorOptions) => HermesError;

const NAMED = 'Correct it where it is named (airflow.ENVIRONMENT.dags of hermes.yaml, or --to)';
/** What to do about a folder of this machine, by what its file system said. Another try ends in the same way. */
const REFUSALS: Readonly<Record<string, readonly [reason: string, nextStep: string]>> = {
  ENOTDIR: ['a file lies where a folder belongs', `${NAMED}, or remove the file.`],
  EEXIST: ['a file lies where a folder belongs', `${NAMED}, or remove the file.`],
  EACCES: ['permission denied', 'Give your user write access to the folder, or name another place.'],
  EPERM: ['permission denied', 'Give your user write access to the folder, or name another place.'],
  EROFS: ['the file system is read-only', `${NAMED}.`],
  ELOOP: ['its links lead in a circle', `${NAMED}.`],
  ENAMETOOLONG: ['its name is too long', `${NAMED}.`],
};

/**
 * Opens the folder or bucket from which an Airflow reads DAGs. It is a store as that of artifacts, but its failures are
 * told as its own, with the settings that name it.
 */
export async function openPlaceOfDags(url: string): Promise<ArtifactStore> {
  const told = telling(url);
  const store = await told(() => openStore(url));
  return {
    url: store.url,
    read: (key, signal) => told(() => store.read(key, signal)),
    create: (key, bytes, signal) => told(() => store.create(key, bytes, signal)),
    replace: (key, bytes, etag, signal) => told(() => store.replace(key, bytes, etag, signal)),
    remove: (key, signal) => told(() => store.remove(key, signal)),
    async *list(prefix, signal) {
      const keys = store.list(prefix, signal)[Symbol.asyncIterator]();
      for (let next = await told(() => keys.next()); next.done !== true; next = await told(() => keys.next()))
        yield next.value;
    },
  };
}

function telling(url: string): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    try {
      return await work();
    } catch (error) {
      throw aboutPlace(error, url);
    }
  };
}

/** A failure of a store as one of the place of DAGs; others pass unchanged. */
function aboutPlace(error: unknown, url: string): unknown {
  const refusal = REFUSALS[systemCodeOf(error) ?? ''];
  if (refusal !== undefined)
    return new ConfigError(`Cannot use the place of DAGs: ${refusal[0]}.`, {
      code: 'HERMES_DEPLOY_PLACE',
      facts: { to: url },
      nextStep: refusal[1],
      cause: error,
    });
  if (!(error instanceof HermesError) || !error.code.startsWith('HERMES_STORE_')) return error;
  const [, action = error.message, reason = ''] = /^(.*?)(?: \[.*?\])?: (.*)$/s.exec(error.message) ?? [];
  const Kind = error.constructor as Family;
  const { store = url, ...facts } = error.facts;
  const nextStep = error.nextStep?.replace(/^Correct the store where it is named \([^)]*\)/, NAMED);
  return new Kind(`${inWordsOfPlaces(action)}: ${reason}`, {
    code: error.code,
    facts: { to: store, ...facts },
    ...(nextStep === undefined ? {} : { nextStep }),
    cause: error,
  });
}

function inWordsOfPlaces(action: string): string {
  return action
    .replace('the artifact store', 'the place of DAGs')
    .replace('Cannot write an artifact', 'Cannot write to the place of DAGs');
}

/** Of a failure of the file system, or of what was made of one. */
function systemCodeOf(error: unknown): string | undefined {
  const { code, cause } = (error ?? {}) as NodeJS.ErrnoException;
  if (!(error instanceof HermesError)) return typeof code === 'string' ? code : undefined;
  return error.code === 'HERMES_STORE_WRITE' ? systemCodeOf(cause) : undefined;
}
