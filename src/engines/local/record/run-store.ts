import { existsSync, readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { underLock } from '../../../artifacts/folder-lock.ts';
import { ConfigError } from '../../../core/errors.ts';
import { parseJson, stringifyJson } from '../../../core/json.ts';
import { makeFolder } from '../../../core/make-folder.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { didYouMean } from '../../../core/suggest.ts';
import { parseRunLink } from '../../../databricks/runs/run-link.ts';
import { isLoopback } from '../../../databricks/sign-in/connection.ts';
import { withPresentKinds } from './former-kinds.ts';
import type { RunRecord } from './run-record.ts';

/** Records of DAG runs, one file each: `<folder>/<dag id>/<run id>.json`. */
export interface RunStore {
  /** Replaces the record at once or not at all. */
  write(record: RunRecord): Promise<void>;
  /**
   * Takes a run to drive it: writes what `decide` answers to the record that is there, while no other process can do the
   * same. What `decide` throws leaves everything as it is.
   */
  claim(
    dagId: string,
    runId: string,
    decide: (current: RunRecord | undefined) => RunRecord,
  ): Promise<RunRecord>;
  read(dagId: string, runId: string): Promise<RunRecord | undefined>;
  /** Newest first. A file that is not a record is left out. @param onUnreadable Called with the path of each. */
  list(onUnreadable?: (path: string) => void): Promise<readonly RunRecord[]>;
}

export function openRunStore(folder: string): RunStore {
  const pathOf = (dagId: string, runId: string) => join(folder, safeName(dagId), `${safeName(runId)}.json`);
  return {
    write: async (record) => {
      const path = pathOf(record.dagId, record.runId);
      makeFolder(join(folder, safeName(record.dagId)));
      await writeFileAtomic(path, textOf(record), { mode: 0o600 });
    },
    claim: async (dagId, runId, decide) => {
      const path = pathOf(dagId, runId);
      makeFolder(join(folder, safeName(dagId)));
      return underLock(join(folder, '.lock'), () => {
        const record = decide(parseRecord(existsSync(path) ? readFileSync(path, 'utf8') : ''));
        writeFileAtomic.sync(path, textOf(record), { mode: 0o600 });
        return record;
      });
    },
    read: (dagId, runId) => readRecord(pathOf(dagId, runId)),
    list: async (onUnreadable) => {
      const dags = await names(folder);
      const paths = await Promise.all(
        dags.map(async (dag) => (await names(join(folder, dag))).map((name) => join(folder, dag, name))),
      );
      const files = paths.flat().filter((path) => path.endsWith('.json'));
      const refusals: unknown[] = [];
      const read = await Promise.all(files.map((path) => readRecord(path, (error) => refusals.push(error))));
      // The home of another user: nothing of it can be read, which is not the same as that nothing has run.
      if (refusals.length > 0 && refusals.length === files.length) throw refusals[0];
      files
        .filter((_, index) => read[index] === undefined)
        .forEach((path) => {
          onUnreadable?.(path);
        });
      const records = read.filter((record) => record !== undefined);
      return records.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    },
  };
}

/** Which records a person may mean. */
export interface RunSearch {
  /** `last`, a DAG run id, `dag/run id`, or the id of a Databricks run or task run in it. */
  readonly reference: string;
  /** Only runs of this environment. */
  readonly environment?: string;
  /** Only runs of the workspace and the job that a link names. */
  readonly link?: {
    readonly host: string;
    readonly jobId: string;
    /** At the address is another workspace than the embedded one, which may have had another port. */
    readonly isOther: boolean;
  };
}

/** A record, and the task that was meant when the reference was the id of its Databricks run. */
export interface FoundRun {
  readonly record: RunRecord;
  readonly taskId?: string;
  readonly databricksRunId?: string;
}

/** The newest record that fits, or undefined. */
export async function searchRun(store: RunStore, search: RunSearch): Promise<FoundRun | undefined> {
  return matching((await store.list()).filter(fits(search)), search);
}

/** As {@link searchRun}. @throws ConfigError with the nearest run id when none fits */
export async function findRun(store: RunStore, search: RunSearch): Promise<FoundRun> {
  const { reference, environment } = search;
  const records = (await store.list()).filter(fits(search));
  const found = matching(records, search);
  if (found !== undefined) return found;
  if (records.length === 0) {
    const place = environment === undefined ? '' : ` in ${environment}`;
    throw new ConfigError(`Cannot find run ${reference}: nothing has run here yet${place}`, {
      code: 'HERMES_UNKNOWN_RUN',
      nextStep: 'Run something with: hermes run PROJECT. A run of someone else is found by its link.',
    });
  }
  const ids = records.map((record) => record.runId);
  throw new ConfigError(`Cannot find run ${reference}: no DAG run and no task of one has this id`, {
    code: 'HERMES_UNKNOWN_RUN',
    nextStep: [didYouMean(reference, ids), 'See the runs with: hermes runs list']
      .filter((line) => line !== undefined)
      .join(' '),
  });
}

function fits({ environment, link }: RunSearch): (record: RunRecord) => boolean {
  return (record) =>
    (environment ?? record.environment) === record.environment &&
    (link === undefined ||
      (record.embedded ? isLoopback(link.host) && !link.isOther : record.host === link.host));
}

function matching(records: readonly RunRecord[], { reference, link }: RunSearch): FoundRun | undefined {
  const byName = records.find(
    (record) =>
      reference === 'last' || reference === record.runId || reference === `${record.dagId}/${record.runId}`,
  );
  if (byName !== undefined) return { record: byName };
  for (const record of records) {
    for (const task of record.tasks) {
      const attempt = task.attempts.find(
        ({ runId, taskRunId, pageUrl }) =>
          [runId, taskRunId].includes(reference) && isOfJob(pageUrl, link?.jobId),
      );
      if (attempt !== undefined) return { record, taskId: task.taskId, databricksRunId: reference };
    }
  }
  return undefined;
}

function isOfJob(pageUrl: string | undefined, jobId: string | undefined): boolean {
  return jobId === undefined || (parseRunLink(pageUrl ?? '')?.jobId ?? jobId) === jobId;
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') throw error;
    return [];
  }
}

async function readRecord(
  path: string,
  onRefusal?: (error: unknown) => void,
): Promise<RunRecord | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES') onRefusal?.(error);
    return '';
  });
  return parseRecord(text);
}

/** Undefined for what is no record of ours. */
function parseRecord(text: string): RunRecord | undefined {
  try {
    const record = parseJson(text) as unknown as RunRecord;
    return record.format === 1 ? withPresentKinds(record) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(record: RunRecord): string {
  return `${stringifyJson(record, 2)}\n`;
}

/** A file name on every system; ids that need changing keep apart by a hash. */
function safeName(id: string): string {
  const cleaned = id
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .replace(/^\./, '_')
    .slice(0, 100);
  if (cleaned === id) return id;
  return `${cleaned}.h${sha256Hex(id).slice(0, 8)}`;
}
