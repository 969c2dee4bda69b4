import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { packageRoot } from '../core/package-root.ts';
import type { TemplateKind } from './answers.ts';

/** What a release changed in the templates; an entry of `repo-template/changes.json`. */
export interface TemplateRelease {
  readonly version: string;
  readonly kinds: readonly TemplateKind[];
  /** What changed and why it matters, a sentence each. */
  readonly changes: readonly string[];
  /** New path of a managed file by its old one. */
  readonly renames: Readonly<Record<string, string>>;
}

/** What changed for a repository that has the template of a version, oldest first. */
export function changesSince(
  kind: TemplateKind,
  version: string,
  releases: readonly TemplateRelease[] = readReleases(),
): TemplateRelease[] {
  return releases
    .filter((release) => release.kinds.includes(kind) && semver.gt(release.version, version))
    .sort((a, b) => semver.compare(a.version, b.version));
}

/** Where files went since a version: through all renames, from the first path to the last. */
export function templateRenames(
  kind: TemplateKind,
  version: string,
  releases: readonly TemplateRelease[] = readReleases(),
): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  for (const release of changesSince(kind, version, releases))
    for (const [from, to] of Object.entries(release.renames)) {
      const first = [...renames].find(([, last]) => last === from)?.[0] ?? from;
      renames.set(first, to);
    }
  return renames;
}

function readReleases(): readonly TemplateRelease[] {
  return JSON.parse(readFileSync(join(packageRoot, 'repo-template', 'changes.json'), 'utf8'));
}
