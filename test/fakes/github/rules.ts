import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { object, texts } from './fields.ts';
import { refuse } from './reply.ts';
import type { Fields, Repository } from './state.ts';

/** The rules that active rulesets put on a branch. */
export function rulesOf(repository: Repository, branch: string): Fields[] {
  const ref = `refs/heads/${branch}`;
  return [...repository.rulesets.values()]
    .filter(({ enforcement, target }) => enforcement === 'active' && target === 'branch')
    .filter(({ conditions }) => {
      const names = object(conditions, 'ref_name') ?? {};
      const matches = (pattern: string) =>
        pattern === '~ALL' ||
        (pattern === '~DEFAULT_BRANCH' ? branch === repository.defaultBranch : glob(pattern).test(ref));
      return texts(names, 'include').some(matches) && !texts(names, 'exclude').some(matches);
    })
    .flatMap(({ rules }) => rules);
}

/** Why a branch may not be moved, created or deleted directly, in GitHub's words. */
function violations(repository: Repository, branch: string, change: 'move' | 'force' | 'delete'): string[] {
  const types = new Set(rulesOf(repository, branch).map(({ type }) => type));
  return [
    ...(change === 'delete' && types.has('deletion') ? ['Cannot delete this branch'] : []),
    ...(change === 'force' && types.has('non_fast_forward') ? ['Cannot force-push to this branch'] : []),
    ...(change !== 'delete' && types.has('pull_request')
      ? ['Changes must be made through a pull request.']
      : []),
  ];
}

/** @throws Refusal 422 as https://github.com/satisfactory-factories/application/issues/67 shows it */
export function checkRules(
  repository: Repository,
  branch: string,
  change: 'move' | 'force' | 'delete',
): void {
  const found = violations(repository, branch, change);
  if (found.length > 0) throw refuse(422, `Repository rule violations found\n\n${found.join('\n\n')}\n\n`);
}

/** What `git push` meets: a hook that knows the branches that take no push. */
export function writeUpdateHook(repository: Repository, branches: readonly string[], gitUrl: string): void {
  const place = join(repository.folder, 'hooks', 'update');
  const refused = branches.filter((branch) => violations(repository, branch, 'move').length > 0);
  rmSync(place, { force: true });
  if (refused.length === 0) return;
  writeFileSync(
    join(repository.folder, 'refused', 'branches'),
    refused.map((name) => `refs/heads/${name}\n`).join(''),
  );
  const page = `${gitUrl}/${repository.owner}/${repository.name}/rules?ref=`;
  const script = `#!/bin/sh
grep -qxF "$1" "$GIT_DIR/refused/branches" || exit 0
echo "error: GH013: Repository rule violations found for $1." >&2
echo "Review all repository rules at ${page}$1" >&2
echo >&2
echo "- Changes must be made through a pull request." >&2
echo >&2
exit 1
`;
  writeFileSync(place, script, { mode: 0o755 });
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`);
}
