import pMap from 'p-map';
import type { ArtifactStore } from '../../../artifacts/store.ts';
import type { Clock } from '../../../core/clock.ts';
import { BUILD_INDEX } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import type { DeployOutcome, NewDeploy, Standing } from './deploy-home.ts';
import { encodeRecord, type StandingRecord } from './deploy-record.ts';
import { readIndex, refuseTaken } from './plan-deploy.ts';
import { planWrites, type Write } from './plan-writes.ts';
import { readLive, readStandingRecord, readTaken } from './read-store-standing.ts';
import { fileKey, historyKey, liveKey, standingKey } from './store-layout.ts';

interface Place {
  readonly store: ArtifactStore;
  readonly team: string;
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** The team's record as this deploy holds it: what it says, and what is needed to replace it. */
interface Claim {
  readonly standing: StandingRecord;
  readonly etag: string;
}

/** Requests to a store at a time. */
const CONCURRENCY = 16;
const BEAT_MS = 5_000;

/**
 * Deploys to a folder or a bucket: first the history's files, then the team's record says `writing`, then what Airflow
 * reads changes file by file, then the history gets its entry, and last the record says `whole`.
 */
export async function applyToStore(place: Place, deploy: NewDeploy, seen: Standing): Promise<DeployOutcome> {
  await keepFiles(place, deploy);
  const claim = await claimTeam(place, deploy, seen);
  if (claim === undefined) return 'overtaken';
  const written = await writeLive(place, deploy, claim);
  if (written === undefined) return 'overtaken';
  const { store, team, signal } = place;
  await store.create(historyKey(team, deploy.record.number), bytesOf(encodeRecord(deploy.record)), signal);
  const { standing } = written;
  const whole = await replaceRecord(place, { ...standing, state: 'whole', leaving: [] }, written.etag);
  return whole === undefined ? 'overtaken' : 'deployed';
}

async function keepFiles({ store, team, signal }: Place, { record, files }: NewDeploy): Promise<void> {
  const keep = async ([name, text]: [string, string]): Promise<void> => {
    await store.create(fileKey(team, record.files[name] ?? ''), bytesOf(text), signal);
  };
  await pMap(files, keep, { concurrency: CONCURRENCY, signal });
}

/**
 * Says in the team's record what is being written, unless another deploy did first. Two teams that take the same DAG id
 * at the same time both read after they wrote, so that at least one of them sees the other and steps back.
 */
async function claimTeam(
  place: Place,
  { record, files }: NewDeploy,
  seen: Standing,
): Promise<Claim | undefined> {
  const { store, team, signal } = place;
  const before = await readStandingRecord(store, team, signal);
  if ((before?.etag ?? 'nothing') !== seen.version) return undefined;
  const former =
    before === undefined ? [] : [...Object.keys(before.standing.record.files), ...before.standing.leaving];
  const standing: StandingRecord = {
    format: 1,
    team,
    record,
    state: 'writing',
    leaving: [...new Set(former)].filter((name) => !files.has(name)),
    beat: (before?.standing.beat ?? 0) + 1,
  };
  const claim = await replaceRecord(place, standing, before?.etag);
  if (claim === undefined) return undefined;
  try {
    refuseTaken(readIndex(files), { taken: await readTaken(store, team, signal) }, team);
  } catch (error) {
    if (before === undefined) await store.remove(standingKey(team), signal);
    else await store.replace(standingKey(team), before.bytes, claim.etag, signal);
    throw error;
  }
  return claim;
}

/** Answers undefined when another deploy took over meanwhile. */
async function writeLive(
  place: Place,
  { record, files }: NewDeploy,
  first: Claim,
): Promise<Claim | undefined> {
  const { store, team, clock, signal } = place;
  const read: BuildFiles = new Map([...files].filter(([name]) => name !== BUILD_INDEX));
  const { leaving } = first.standing;
  const live = await readLive(store, team, [...read.keys(), ...leaving], signal);
  const texts = new Map([...live].map(([name, { text }]) => [name, text]));
  let claim: Claim | undefined = first;
  let beatAt = clock.now().getTime();
  for (const write of planWrites(read, texts, leaving, record.number)) {
    if (clock.now().getTime() - beatAt > BEAT_MS) {
      claim = await replaceRecord(place, { ...claim.standing, beat: claim.standing.beat + 1 }, claim.etag);
      if (claim === undefined) return undefined;
      beatAt = clock.now().getTime();
    }
    if (!(await applyWrite(place, write, live.get(write.name)?.etag, claim))) return undefined;
  }
  return claim;
}

/** Writes what is still as it was read. Of a file that is not, the team's record says whether this deploy may. */
async function applyWrite(
  { store, team, signal }: Place,
  write: Write,
  seen: string | undefined,
  claim: Claim,
): Promise<boolean> {
  const key = liveKey(team, write.name);
  if (write.kind === 'remove') {
    await store.remove(key, signal);
    return true;
  }
  let etag = seen;
  while ((await store.replace(key, bytesOf(write.text), etag, signal)) === 'conflict') {
    if ((await readStandingRecord(store, team, signal))?.etag !== claim.etag) return false;
    etag = (await store.read(key, signal))?.etag;
  }
  return true;
}

async function replaceRecord(
  { store, team, signal }: Place,
  standing: StandingRecord,
  etag: string | undefined,
): Promise<Claim | undefined> {
  const text = encodeRecord(standing);
  const key = standingKey(team);
  if ((await store.replace(key, bytesOf(text), etag, signal)) === 'conflict') return undefined;
  const found = await store.read(key, signal);
  return found !== undefined && Buffer.from(found.bytes).toString('utf8') === text
    ? { standing, etag: found.etag }
    : undefined;
}

function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}
