import pMap from 'p-map';
import type { ArtifactStore, StoredObject } from '../../../artifacts/store.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { BUILD_INDEX, type BuildIndex, parseBuildIndex } from '../compile/build-index.ts';
import type { BuildFiles } from '../compile/plan-build.ts';
import type { CurrentDeploy, Standing } from './deploy-home.ts';
import { damaged, parseStandingRecord, type StandingRecord } from './deploy-record.ts';
import { isSame } from './plan-writes.ts';
import {
  fileKey,
  liveKey,
  livePrefix,
  STANDING_PREFIX,
  standingKey,
  teamOfStandingKey,
} from './store-layout.ts';

/** Requests to a store at a time. */
const CONCURRENCY = 16;
const NOTHING = 'nothing';

/** Reads what a team has deployed, and the DAG ids of all other teams. */
export async function readStoreStanding(
  store: ArtifactStore,
  team: string,
  signal: AbortSignal | undefined,
): Promise<Standing> {
  const found = await readStandingRecord(store, team, signal);
  const taken = await readTaken(store, team, signal);
  if (found === undefined) return { taken, version: NOTHING };
  const { standing, etag } = found;
  const index = await readIndexOf(store, standing, signal);
  const state = await readState(store, standing, signal);
  return { current: { record: standing.record, index, state }, taken, version: etag };
}

/** A team's `current.json` with what is needed to replace it; undefined when the team never deployed. */
export async function readStandingRecord(
  store: ArtifactStore,
  team: string,
  signal: AbortSignal | undefined,
): Promise<
  { readonly standing: StandingRecord; readonly etag: string; readonly bytes: Uint8Array } | undefined
> {
  const key = standingKey(team);
  const found = await store.read(key, signal);
  if (found === undefined) return undefined;
  const standing = parseStandingRecord(textOf(found), `${store.url}/${key}`);
  return { standing, etag: found.etag, bytes: found.bytes };
}

/** The DAG ids of all teams but one, each with its team. */
export async function readTaken(
  store: ArtifactStore,
  team: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string>> {
  const teams: string[] = [];
  for await (const { key } of store.list(STANDING_PREFIX, signal)) {
    const other = teamOfStandingKey(key);
    if (other !== undefined && other !== team) teams.push(other);
  }
  const idsOf = async (other: string): Promise<readonly (readonly [string, string])[]> => {
    const found = await readStandingRecord(store, other, signal);
    if (found === undefined) return [];
    const index = await readIndexOf(store, found.standing, signal);
    return Object.keys(index.dags).map((id) => [id, other] as const);
  };
  return new Map((await pMap(teams, idsOf, { concurrency: CONCURRENCY, signal })).flat());
}

/** Texts of the files that Airflow reads, of those names only. */
export async function readLive(
  store: ArtifactStore,
  team: string,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, { readonly text: string; readonly etag: string }>> {
  const there = new Set<string>();
  for await (const { key } of store.list(livePrefix(team), signal)) there.add(key);
  const wanted = [...new Set(names)].filter((name) => there.has(liveKey(team, name)));
  const read = async (name: string) => {
    const found = await store.read(liveKey(team, name), signal);
    return found === undefined ? [] : [[name, { text: textOf(found), etag: found.etag }] as const];
  };
  return new Map((await pMap(wanted, read, { concurrency: CONCURRENCY, signal })).flat());
}

async function readState(
  store: ArtifactStore,
  { record, state, team, leaving }: StandingRecord,
  signal: AbortSignal | undefined,
): Promise<CurrentDeploy['state']> {
  if (state === 'writing') return 'writing';
  const names = Object.keys(record.files).filter((name) => name !== BUILD_INDEX);
  const live = await readLive(store, team, [...names, ...leaving], signal);
  const built = await readBuilt(store, team, record.files, names, signal);
  return names.every((name) => isSame(live.get(name)?.text, built.get(name))) ? 'whole' : 'edited';
}

async function readBuilt(
  store: ArtifactStore,
  team: string,
  hashes: Readonly<Record<string, string>>,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<BuildFiles> {
  const read = async (name: string) =>
    [name, await readKept(store, team, hashes[name] ?? '', signal)] as const;
  return new Map(await pMap(names, read, { concurrency: CONCURRENCY, signal }));
}

async function readIndexOf(
  store: ArtifactStore,
  { team, record }: StandingRecord,
  signal: AbortSignal | undefined,
): Promise<BuildIndex> {
  const text = await readKept(store, team, record.files[BUILD_INDEX] ?? '', signal);
  return parseBuildIndex(text, `${BUILD_INDEX} of deploy ${record.number} of team ${team}`);
}

async function readKept(
  store: ArtifactStore,
  team: string,
  hash: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const key = fileKey(team, hash);
  const found = await store.read(key, signal);
  const text = found === undefined ? undefined : textOf(found);
  if (text === undefined || sha256Hex(text) !== hash) throw damaged(`${store.url}/${key}`);
  return text;
}

function textOf({ bytes }: Pick<StoredObject, 'bytes'>): string {
  return Buffer.from(bytes).toString('utf8');
}
