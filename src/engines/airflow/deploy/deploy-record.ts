import { z } from 'zod';
import { RemoteError } from '../../../core/errors.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import type { BuildFiles } from '../compile/plan-build.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const fileName = z.string().regex(/^(?!\.\.?$)[\w.-]+$/);
const deployNumber = z.int().positive();

const recordSchema = z.strictObject({
  /** Counts the deploys of a team's repository to one place from 1; one that was cut short may leave a gap. */
  number: deployNumber,
  /** Hash over all files: the same build has the same. */
  build: sha256,
  /** Every file of the build with its hash, `hermes-build.json` among them. */
  files: z.record(fileName, sha256),
  /** How many DAGs it has, and how many differ from the deploy before it. */
  dags: z.int().nonnegative(),
  added: z.int().nonnegative(),
  changed: z.int().nonnegative(),
  removed: z.int().nonnegative(),
  /** ISO, UTC. */
  at: z.string(),
  /** Who deployed: a person, or the author of the commit that CI deployed. A text of unknown origin. */
  by: z.string(),
  /** Page of the CI run. */
  run: z.string().optional(),
  /** Absent when the DAG files came from no commit. */
  commit: z.string().optional(),
  /** The DAG files differed from the commit. */
  edited: z.literal(true).optional(),
  /** The repository that was deployed, `github.com/acme/weather-airflow`; absent without a remote on a host. */
  repository: z.string().optional(),
  /** Its very first commit, by which it is known where it has no such name. */
  root: z.string().optional(),
  /** Version of Hermes. */
  builder: z.string(),
  /** Number of the deploy whose files a rollback put back. */
  restores: deployNumber.optional(),
  /** Hashes of the builds that rollbacks have left, as long as none is deployed over them. */
  left: z.array(sha256).optional(),
  /** Why a rollback was done. */
  reason: z.string().optional(),
  /** The newest commit that was ever deployed; a rollback leaves it as it is. */
  newest: z.string().optional(),
});

/** One deploy as the history keeps it. */
export type DeployRecord = z.infer<typeof recordSchema>;

const standingSchema = z.strictObject({
  format: z.literal(1),
  team: z.string(),
  record: recordSchema,
  /** `writing` from before the first file changes until after the last one did. */
  state: z.enum(['writing', 'whole']),
  /** Files of earlier deploys that are still to be removed. */
  leaving: z.array(fileName),
  /** Counts up while files are written, so that others see that the deploy is alive. */
  beat: z.int().nonnegative(),
});

/** `current.json`: what stands, or what is being written. */
export type StandingRecord = z.infer<typeof standingSchema>;

/** How both records are written: readable, the same bytes for the same value. */
export function encodeRecord(value: DeployRecord | StandingRecord): string {
  return `${JSON.stringify(value, null, 1)}\n`;
}

/** @throws RemoteError (`HERMES_DEPLOY_DAMAGED`) for what Hermes did not write. @param place for the message */
export function parseDeployRecord(text: string, place: string): DeployRecord {
  return parse(recordSchema, text, place);
}

/** @throws as {@link parseDeployRecord} */
export function parseStandingRecord(text: string, place: string): StandingRecord {
  return parse(standingSchema, text, place);
}

/** Names of files with their hashes, and one hash over all of them. */
export function hashBuild(files: BuildFiles): Pick<DeployRecord, 'build' | 'files'> {
  const hashes = [...files].map(([name, text]) => [name, sha256Hex(text)] as const);
  const sorted = hashes.sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    build: sha256Hex(sorted.map(([name, hash]) => `${name} ${hash}\n`).join('')),
    files: Object.fromEntries(sorted),
  };
}

function parse<T>(schema: z.ZodType<T>, text: string, place: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw damaged(place, cause);
  }
}

/** What somebody else wrote, or changed, where deploys are kept. */
export function damaged(place: string, cause?: unknown): RemoteError {
  return new RemoteError('Cannot read a deploy: it is not what Hermes wrote.', {
    code: 'HERMES_DEPLOY_DAMAGED',
    facts: { place },
    nextStep: 'Restore the file, or ask who else writes there. A newer Hermes may have written it, too.',
    ...(cause === undefined ? {} : { cause }),
  });
}
