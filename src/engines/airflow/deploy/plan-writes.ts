import type { BuildFiles } from '../compile/plan-build.ts';

/** One change of what Airflow reads. */
export type Write =
  | { readonly kind: 'write'; readonly name: string; readonly text: string }
  | { readonly kind: 'remove'; readonly name: string };

const SIZES = 64;

/**
 * Decides in which order files change, so that Airflow can load what it finds at every instant. Pure.
 *
 * New files come first and gone ones last, each loader after its manifest and away before it; so a DAG that moves to
 * another shard stands in both for a moment, and in none never. Where a loader changes it goes before its manifest:
 * loaders read what earlier versions wrote. After each manifest its loader is written once more, since Airflow reads a
 * file at once when its time changed (`file_parsing_sort_mode = modified_time`).
 * @param standing Texts of the files that stand there
 * @param leaving Names of files of earlier deploys
 */
export function planWrites(
  files: BuildFiles,
  standing: BuildFiles,
  leaving: readonly string[],
  number: number,
): Write[] {
  const names = [...files.keys()].sort(byDependence);
  const added = names.filter((name) => !standing.has(name));
  const changed = names.filter((name) => standing.has(name) && !isSame(standing.get(name), files.get(name)));
  const touched = changed
    .filter(isData)
    .map(loaderOf)
    .filter((name) => files.has(name) && standing.has(name));
  const gone = leaving.filter((name) => !files.has(name) && standing.has(name)).sort(byDependence);
  const write = (name: string): Write => ({
    kind: 'write',
    name,
    text: sized(files.get(name) ?? '', number),
  });
  return [
    ...added.map(write),
    ...changed.filter((name) => !isData(name)).map(write),
    ...changed.filter(isData).map(write),
    ...touched.map(write),
    ...gone.reverse().map((name): Write => ({ kind: 'remove', name })),
  ];
}

/** True when a file that Airflow reads is the one of the build, whatever blank lines end it. */
export function isSame(standing: string | undefined, built: string | undefined): boolean {
  return standing !== undefined && built !== undefined && withoutEnd(standing) === withoutEnd(built);
}

/**
 * Gives a file a size that none of the deploys around it had, by blank lines at its end. Airflow's S3 bundle takes a
 * file of the same size for the one that it has when the clock of its machine is ahead of the bucket's, or when it read
 * in the second of the write (`S3Hook.sync_to_local_dir` compares sizes and whole seconds).
 */
function sized(text: string, number: number): string {
  const content = withoutEnd(text);
  const bytes = Buffer.byteLength(content);
  const blanks = (((number - bytes - 1) % SIZES) + SIZES) % SIZES;
  return content + '\n'.repeat(blanks + 1);
}

/** A file of a deploy as it was built: with the one line end that every file of a build has. */
export function asBuilt(text: string): string {
  return `${withoutEnd(text)}\n`;
}

function withoutEnd(text: string): string {
  return text.replace(/\n+$/, '');
}

/** What others import or read first: manifests, then modules that loaders share, then loaders. */
function byDependence(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(name: string): number {
  if (isData(name)) return 0;
  return name.startsWith('hermes_tasks_') ? 1 : 2;
}

function isData(name: string): boolean {
  return !name.endsWith('.py');
}

function loaderOf(manifest: string): string {
  return manifest.replace(/\.json$/, '.py');
}
