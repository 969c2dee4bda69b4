import { branchName, listProjects, listVersions } from '../../artifacts/catalog.ts';
import { findVersion, parseVersionWish } from '../../artifacts/find-version.ts';
import type { Manifest, ManifestFile } from '../../artifacts/manifest.ts';
import { printableLine } from '../../core/printable.ts';
import type { Cli } from '../cli.ts';
import { size } from '../publish/publish-report.ts';
import { minuteText } from '../table.ts';
import { type TeamStore, unknownProject, unknownVersion } from './team-store.ts';

const LABEL_WIDTH = 14;

/**
 * Prints what one version is: who built it from what, and its files.
 * @param wish `latest`, a version in any spelling, or a branch
 * @throws ConfigError for a project or a version that is not there, with those that are
 */
export async function showVersion(
  cli: Cli,
  { team, environment, store }: TeamStore,
  project: string,
  wish: string,
): Promise<void> {
  const found = await findVersion(store, team, project, parseVersionWish(wish), cli.signal);
  if (found === undefined) throw await nothingFound(cli, { team, environment, store }, project, wish);
  const { manifest, key, sha256 } = found;
  const url = `${store.url}/${key}`;
  cli.object({ team, environment, ...manifest, manifest: { url, sha256 } });
  if (cli.quiet) cli.result(manifest.version);
  cli.print(`${cli.style('bold', `${project} ${manifest.version}`)} · ${environment}`);
  for (const [label, value] of facts(manifest)) cli.print(line(label, value));
  cli.print(line('manifest', url));
  cli.print(line('', `sha256 ${sha256}`));
  for (const file of manifest.files) printFile(cli, store.url, file);
}

async function nothingFound(
  { signal }: Cli,
  { team, environment, store }: TeamStore,
  project: string,
  wish: string,
): Promise<Error> {
  const versions = await listVersions(store, team, project, signal);
  if (versions.length === 0)
    return unknownProject(team, project, environment, await listProjects(store, team, signal));
  const names = versions.map(({ manifest, branch }) => branch ?? manifest.version);
  return unknownVersion(project, wish, environment, [...new Set(names)]);
}

function facts(manifest: Manifest): [string, string][] {
  const { commit, ref, author, built_at, builder, run_url, tree, requires_python, dependencies } = manifest;
  return [
    ['commit', commit],
    ['branch', printableLine(branchName(ref))],
    ...(author === undefined ? [] : [['who', printableLine(author)] satisfies [string, string]]),
    ['built', `${minuteText(built_at)} UTC by Hermes ${builder}`],
    ...(run_url === undefined ? [] : [['CI run', printableLine(run_url)] satisfies [string, string]]),
    ['tree', tree],
    ['Python', requires_python === undefined ? 'any' : printableLine(requires_python)],
    ['dependencies', dependencies.map(printableLine).join(', ') || 'none'],
  ];
}

function printFile(cli: Cli, store: string, { key, kind, script, bytes, sha256 }: ManifestFile): void {
  const name = key.slice(key.lastIndexOf('/') + 1);
  cli.print(line(kind, `${name}  ${size(bytes)}${script === undefined ? '' : `  script ${script}`}`));
  cli.print(line('', `${store}/${key}`));
  cli.print(line('', `sha256 ${sha256}`));
}

function line(label: string, value: string): string {
  return `  ${label.padEnd(LABEL_WIDTH)}${value}`;
}
