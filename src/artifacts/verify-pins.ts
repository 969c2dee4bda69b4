import pMap from 'p-map';
import { sha256Hex } from '../core/sha256.ts';
import type { Pin } from './pin.ts';
import type { ArtifactStore } from './store.ts';

/** Files at a time. */
const CONCURRENCY = 4;

/** Reads the files of some pins and compares them with their hashes; answers what is wrong, in words, file by file. */
export async function verifyPins(
  store: ArtifactStore,
  pins: readonly Pin[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const files = new Map(pins.flatMap(filesOf));
  const check = ([url, hash]: readonly [string, string]) => problemOf(store, url, hash, signal);
  const problems = await pMap([...files], check, { concurrency: CONCURRENCY, signal });
  return problems.flat();
}

function filesOf(pin: Pin): readonly (readonly [string, string])[] {
  const { scriptUrl, scriptSha256, wheelUrl, wheelSha256 = '', runtimeUrl, runtimeSha256 = '' } = pin;
  return [
    [scriptUrl, scriptSha256],
    ...(wheelUrl === undefined ? [] : [[wheelUrl, wheelSha256] as const]),
    ...(runtimeUrl === undefined ? [] : [[runtimeUrl, runtimeSha256] as const]),
  ];
}

async function problemOf(
  store: ArtifactStore,
  url: string,
  hash: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (!url.startsWith(`${store.url}/`)) return [`${url} is not in ${store.url}, the present store`];
  const object = await store.read(url.slice(store.url.length + 1), signal);
  if (object === undefined) return [`${url} is gone`];
  return hash === '' || sha256Hex(object.bytes) === hash ? [] : [`${url} holds something else than it did`];
}
