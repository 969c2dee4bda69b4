import { ConfigError } from '../../../core/errors.ts';
import { sha256Hex } from '../../../core/sha256.ts';
import { BUILD_INDEX, type BuildIndex } from './build-index.ts';
import type { BuildFiles } from './plan-build.ts';

/** What stands in the folder of a build. */
export interface StandingBuild {
  /** Absent in a folder that no build was written to. */
  readonly index?: BuildIndex;
  /** Of all files there. */
  readonly names: readonly string[];
  /** Of the files that the old build or the coming one has. */
  readonly hashes: ReadonlyMap<string, string>;
}

/** What writing a build would do to a folder, and to the DAGs that Airflow finds there. */
export interface BuildChange {
  /** In the order in which every DAG is in a loader at each moment, and no loader without its manifest. */
  readonly write: readonly string[];
  readonly remove: readonly string[];
  /** Files that somebody changed after Hermes wrote them; they are written again. */
  readonly edited: readonly string[];
  /** What the folder held before. */
  readonly before: BuildIndex['dags'];
  readonly dags: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
    readonly unchanged: readonly string[];
  };
}

/** Names that only Hermes gives: Airflow would load such a file beside the ones of the build. */
const OWN_NAME = /^hermes_(dags|tasks)_\w+\.(py|json)$/;

/**
 * Decides what a build changes in a folder. Pure.
 * @param shown The folder as the user would type it.
 * @throws ConfigError `HERMES_BUILD_FOREIGN` when a file there is not Hermes' own and stands in the way
 */
export function compareBuilds(build: BuildFiles, standing: StandingBuild, shown: string): BuildChange {
  const { index, hashes } = standing;
  const files = [...build.keys()];
  const owned = new Set([...Object.keys(index?.files ?? {}), BUILD_INDEX]);
  const next = JSON.parse(build.get(BUILD_INDEX) ?? '') as BuildIndex;
  const isSame = (name: string): boolean =>
    hashes.get(name) === (next.files[name] ?? sha256Hex(build.get(name) ?? ''));
  refuseForeign(files, standing, owned, isSame, shown);
  return {
    write: inOrder(
      files.filter((name) => !isSame(name)),
      hashes,
    ),
    // A loader goes before its manifest.
    remove: [...owned]
      .filter((name) => hashes.has(name) && !build.has(name))
      .sort()
      .reverse(),
    edited: Object.entries(index?.files ?? {})
      .filter(([name, hash]) => hash !== '' && hashes.has(name) && hashes.get(name) !== hash && !isSame(name))
      .map(([name]) => name),
    before: index?.dags ?? {},
    dags: compareDags(index, next),
  };
}

/** What is not there yet goes first: a DAG joins its new file before it leaves the old one. */
function inOrder(names: readonly string[], standing: ReadonlyMap<string, string>): string[] {
  const rank = (name: string): number => (standing.has(name) ? 2 : 0) + (name.endsWith('.py') ? 1 : 0);
  return names.toSorted((a, b) => rank(a) - rank(b));
}

function compareDags(before: BuildIndex | undefined, after: BuildIndex): BuildChange['dags'] {
  const old = before?.dags ?? {};
  const ids = Object.keys(after.dags);
  const known = ids.filter((id) => Object.hasOwn(old, id));
  const isSame = (id: string): boolean => old[id]?.sha256 === after.dags[id]?.sha256;
  return {
    added: ids.filter((id) => !Object.hasOwn(old, id)),
    changed: known.filter((id) => !isSame(id)),
    removed: Object.keys(old).filter((id) => !Object.hasOwn(after.dags, id)),
    unchanged: known.filter(isSame),
  };
}

function refuseForeign(
  files: readonly string[],
  { names }: StandingBuild,
  owned: ReadonlySet<string>,
  isSame: (name: string) => boolean,
  shown: string,
): void {
  const inTheWay = files.filter((name) => names.includes(name) && !owned.has(name) && !isSame(name));
  const unlisted = names.filter((name) => OWN_NAME.test(name) && !owned.has(name) && !files.includes(name));
  const foreign = [...new Set([...inTheWay, ...unlisted])];
  if (foreign.length === 0) return;
  const list = foreign.slice(0, 5).join(', ') + (foreign.length > 5 ? ` and ${foreign.length - 5} more` : '');
  throw new ConfigError(
    `Cannot compile into ${shown}: it holds ${list}, which no ${BUILD_INDEX} there lists as Hermes' own.`,
    {
      code: 'HERMES_BUILD_FOREIGN',
      nextStep: 'Move it away if it is yours, delete it if it is not, or choose another folder with --out.',
    },
  );
}
