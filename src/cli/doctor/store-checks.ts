import { takeInventory } from '../../artifacts/inventory.ts';
import { openStore } from '../../artifacts/open-store.ts';
import type { ArtifactStore } from '../../artifacts/store.ts';
import { type CheckedPointer, verifyPointer } from '../../artifacts/verify.ts';
import type { Environment } from '../../config/environment.ts';
import { counted } from '../table.ts';
import { type Finding, failed, fromError, ok } from './finding.ts';

/** Whether the artifact store of an environment can be listed and read from here, and where `latest` stands. */
export async function checkStore(environment: Environment, signal: AbortSignal): Promise<Finding[]> {
  const { name, team, artifacts, embedded } = environment;
  const title = `environment ${name}`;
  try {
    const { store, files } = counting(await openStore(artifacts));
    const projects = await takeInventory(store, `${team}/`, signal);
    // The right to list is not the right to read: a key that nobody has is absent only for those who hold both.
    await store.read(`${team}/hermes-doctor`, signal);
    const kind = embedded ? 'embedded' : 'real';
    const found = ok(title, `${kind}, ${counted(files(), 'file')} of ${team} in ${artifacts}`);
    const owners = projects.flatMap(({ pointers }) => pointers.filter(({ branch }) => branch === undefined));
    const pointers = await Promise.all(owners.map((owner) => verifyPointer(store, owner, signal)));
    return pointers.length === 0 ? [found] : [found, latestFinding(name, pointers)];
  } catch (error) {
    return [fromError(title, error)];
  }
}

function latestFinding(environment: string, pointers: readonly CheckedPointer[]): Finding {
  const title = `${environment} latest`;
  const broken = pointers.filter(({ problems }) => problems.length > 0);
  const [first] = broken;
  if (first === undefined) {
    return ok(title, pointers.map(({ owner, version }) => `${owner.project} ${version}`).join(', '));
  }
  const { project } = first.owner;
  return failed(
    title,
    broken.map(({ owner, problems }) => `${owner.project}: ${problems.join('; ')}`).join('\n'),
    `See all of it: hermes artifacts verify ${project} --env ${environment}. Then move latest to a version that is whole: hermes artifacts rollback ${project} --env ${environment}`,
  );
}

/** The store, and how many keys its lists have shown so far. */
function counting(store: ArtifactStore): { readonly store: ArtifactStore; readonly files: () => number } {
  let files = 0;
  async function* list(...words: Parameters<ArtifactStore['list']>): ReturnType<ArtifactStore['list']> {
    for await (const key of store.list(...words)) {
      files += 1;
      yield key;
    }
  }
  return { store: { ...store, list }, files: () => files };
}
