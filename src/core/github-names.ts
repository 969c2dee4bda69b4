import { printableLine } from './printable.ts';

/**
 * Rules for the names that go to GitHub, so that a mistake is told before the first request.
 * Each check answers with the reason a name is refused, or undefined when it is fine.
 */

/** An organisation or user (https://docs.github.com/en/admin/managing-iam/iam-configuration-reference/username-considerations-for-external-authentication). */
export function organisationProblem(name: string): string | undefined {
  if (/^(?=.{1,39}$)[a-z0-9](?:-?[a-z0-9])*(?:_[a-z0-9]+)?$/i.test(name)) return undefined;
  return `organisation ${shown(name)} is not allowed: letters, digits, and single "-" between them; at most 39.`;
}

/** The slug of a team, as it stands in the address of its page. */
export function teamSlugProblem(slug: string): string | undefined {
  if (/^[a-z0-9_](?:[a-z0-9_-]{0,98}[a-z0-9_])?$/.test(slug)) return undefined;
  return `team ${shown(slug)} is not allowed: write its slug, as in the address of its page: lower-case letters, digits, "-" and "_".`;
}

/** A branch (https://git-scm.com/docs/git-check-ref-format), without what GitHub refuses beyond it. */
export function branchProblem(name: string): string | undefined {
  const isBad =
    name.length > 200 ||
    /^$|^[-/.]|[/.]$|\.lock$|\.lock\/|\/\.|\.\.|\/\/|@\{|^@$|^HEAD$|^refs\/|^[0-9a-f]{40}$/.test(name) ||
    /[\p{Cc}\p{Cf}\p{Z} ~^:?*[\\]/u.test(name);
  return isBad ? `branch ${shown(name)} is not allowed: git takes no such name.` : undefined;
}

/** A variable or a secret of CI (https://docs.github.com/en/actions/reference/workflows-and-actions/variables#naming-conventions-for-configuration-variables). */
export function settingNameProblem(name: string): string | undefined {
  if (!/^[a-z_][a-z0-9_]*$/i.test(name)) {
    return `${shown(name)} is not allowed: letters, digits and "_", not beginning with a digit.`;
  }
  return /^github_/i.test(name)
    ? `${shown(name)} is not allowed: GitHub keeps GITHUB_ for itself.`
    : undefined;
}

/** At most 48 kB. */
export function settingValueProblem(value: string): string | undefined {
  const size = Buffer.byteLength(value);
  if (value === '') return 'the value is empty.';
  return size > 48 * 1024 ? `the value has ${size} bytes; GitHub takes ${48 * 1024}.` : undefined;
}

/** The host of a GitHub Enterprise, with a port where it has one. */
export function hostProblem(host: string): string | undefined {
  if (/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?$/i.test(host)) return undefined;
  return `host ${shown(host)} is not allowed: write it as github.acme.com, without https://.`;
}

function shown(name: string): string {
  return printableLine(JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name));
}
