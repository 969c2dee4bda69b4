import type { BuildName, PointerOwner } from './keys.ts';
import type { ArtifactStore, StoredKey } from './store.ts';

/** What a store holds of one build, whether it was finished or not. */
export interface StoredBuild {
  readonly name: BuildName;
  /** Its files and its manifest. */
  readonly keys: readonly StoredKey[];
  /** It has a manifest: without one a version does not exist. */
  readonly isPublished: boolean;
}

/** What a store holds of one project. */
export interface Inventory {
  readonly project: string;
  readonly builds: readonly StoredBuild[];
  /** Whose pointers there are: the project's own, also when only its history is left, and those of branches. */
  readonly pointers: readonly PointerOwner[];
}

/** What a key belongs to. Keys under `latest/` and `history/` belong to neither. */
type Place =
  | { readonly kind: 'pointer'; readonly owner: PointerOwner }
  | { readonly kind: 'build'; readonly name: BuildName; readonly isManifest: boolean };

/**
 * Takes stock of everything below a prefix, by one walk over the keys; nothing is read.
 * @param prefix `<team>/` or `<team>/<project>/`
 * @returns projects in the order of their names, builds in the order of their keys
 */
export async function takeInventory(
  store: ArtifactStore,
  prefix: string,
  signal?: AbortSignal,
): Promise<Inventory[]> {
  const projects = new Map<string, { builds: Map<string, Draft>; pointers: PointerOwner[] }>();
  for await (const stored of store.list(prefix, signal)) {
    const place = parseKey(stored.key);
    if (place === undefined) continue;
    const { project } = place.kind === 'pointer' ? place.owner : place.name;
    const found = projects.get(project) ?? { builds: new Map<string, Draft>(), pointers: [] };
    projects.set(project, found);
    if (place.kind === 'pointer') addPointer(found.pointers, place.owner);
    else addKey(found.builds, place.name, stored, place.isManifest);
  }
  return [...projects]
    .map(([project, { builds, pointers }]) => ({ project, builds: [...builds.values()], pointers }))
    .sort((a, b) => (a.project < b.project ? -1 : 1));
}

/** A file or the manifest of a version, which never changes once it is there. */
export function isBuildKey(key: string): boolean {
  return parseKey(key)?.kind === 'build';
}

interface Draft extends StoredBuild {
  readonly keys: StoredKey[];
  isPublished: boolean;
}

function addPointer(pointers: PointerOwner[], owner: PointerOwner): void {
  if (!pointers.some(({ branch }) => branch === owner.branch)) pointers.push(owner);
}

function addKey(builds: Map<string, Draft>, name: BuildName, key: StoredKey, isManifest: boolean): void {
  const id = `${name.branch ?? ''}/${name.version}`;
  const draft = builds.get(id) ?? { name, keys: [], isPublished: false };
  builds.set(id, draft);
  draft.keys.push(key);
  draft.isPublished ||= isManifest;
}

function parseKey(key: string): Place | undefined {
  const [team = '', project = '', ...rest] = key.split('/');
  const [first = '', branch = '', ...below] = rest;
  if (first === 'feature') return placeOf({ team, project, branch }, below);
  if (first === 'latest') return undefined;
  if (first === 'history') return { kind: 'pointer', owner: { team, project } };
  return placeOf({ team, project }, rest);
}

function placeOf(owner: PointerOwner, [version = '', ...file]: readonly string[]): Place | undefined {
  if (file.length > 0) {
    const isManifest = file.length === 1 && file[0] === 'manifest.json';
    return { kind: 'build', name: { ...owner, version }, isManifest };
  }
  return version === 'latest.json' ? { kind: 'pointer', owner } : undefined;
}
