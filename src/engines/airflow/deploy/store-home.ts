import pMap from 'p-map';
import type { ArtifactStore } from '../../../artifacts/store.ts';
import { type Clock, systemClock } from '../../../core/clock.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import { applyToStore } from './apply-to-store.ts';
import type { DeployHome } from './deploy-home.ts';
import { type DeployRecord, damaged, parseDeployRecord } from './deploy-record.ts';
import { readStoreStanding } from './read-store-standing.ts';
import { fileKey, historyPrefix } from './store-layout.ts';

/** Requests to a store at a time. */
const CONCURRENCY = 16;

/**
 * A folder or a bucket from which Airflow reads DAGs: `dags/<team>/` is what it reads, `deploys/<team>/` the history,
 * outside of it. Files are kept by their content, so a deploy uploads what changed.
 */
export function storeHome(store: ArtifactStore, clock: Clock = systemClock): DeployHome {
  return {
    url: store.url,
    read: (team, signal) => readStoreStanding(store, team, signal),
    history: (team, limit, signal) => readHistory(store, team, limit, signal),
    files: (team, record, signal) => readFiles(store, team, record, signal),
    apply: (team, deploy, seen, signal) => applyToStore({ store, team, clock, signal }, deploy, seen),
  };
}

async function readHistory(
  store: ArtifactStore,
  team: string,
  limit: number,
  signal: AbortSignal | undefined,
): Promise<DeployRecord[]> {
  const keys: string[] = [];
  for await (const { key } of store.list(historyPrefix(team), signal)) keys.push(key);
  const read = async (key: string): Promise<DeployRecord> => {
    const found = await store.read(key, signal);
    if (found === undefined) throw damaged(`${store.url}/${key}`);
    return parseDeployRecord(Buffer.from(found.bytes).toString('utf8'), `${store.url}/${key}`);
  };
  return (await pMap(keys.slice(-limit), read, { concurrency: CONCURRENCY, signal })).reverse();
}

async function readFiles(
  store: ArtifactStore,
  team: string,
  { files }: DeployRecord,
  signal: AbortSignal | undefined,
): Promise<BuildFiles> {
  const read = async ([name, hash]: [string, string]): Promise<[string, string]> => {
    const key = fileKey(team, hash);
    const found = await store.read(key, signal);
    const text = found === undefined ? undefined : Buffer.from(found.bytes).toString('utf8');
    if (text === undefined || sha256Hex(text) !== hash) throw damaged(`${store.url}/${key}`);
    return [name, text];
  };
  return new Map(await pMap(Object.entries(files), read, { concurrency: CONCURRENCY, signal }));
}
