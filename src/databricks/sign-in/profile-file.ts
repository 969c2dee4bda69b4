import { type Problem, ProblemsError } from '../../core/problems.ts';

/** Profiles of a configuration file by name, each with its keys in lower case. */
export type Profiles = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** The section that names the profile to take when none is asked for; no profile itself. */
const SETTINGS = '__settings__';

/**
 * Reads `~/.databrickscfg`: `[profile]`, `key = value` or `key: value`, whole lines of comment behind `#` or `;`.
 * As the Databricks CLI does, quotes around a value go and so does a comment behind a blank.
 * https://docs.databricks.com/dev-tools/auth/config-profiles
 * @param shownFile The file, as messages name it.
 * @throws ProblemsError for lines that are none of these; it does not repeat them, for they may hold secrets.
 */
export function parseProfiles(source: string, shownFile: string): Profiles {
  const profiles = new Map<string, Map<string, string>>();
  const problems: Problem[] = [];
  let current: Map<string, string> | undefined;
  for (const [index, raw] of source
    .replace(/^\ufeff/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    const line = raw.trim();
    if (line === '' || /^[#;]/.test(line)) continue;
    const section = /^\[([^\]]+)\]/.exec(line)?.[1]?.trim();
    const [, key, value = ''] = /^([^=:\s]+)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (section !== undefined) {
      current = profiles.get(section) ?? new Map();
      profiles.set(section, current);
    } else if (key !== undefined && current !== undefined) current.set(key.toLowerCase(), plain(value));
    else problems.push({ file: shownFile, line: index + 1, message: problemOf(key) });
  }
  if (problems.length > 0) throw new ProblemsError(problems);
  return profiles;
}

/** Names of the profiles, without the section of settings; an empty `DEFAULT` is none. */
export function profileNames(profiles: Profiles): string[] {
  return [...profiles]
    .filter(([name, keys]) => name !== SETTINGS && (name !== 'DEFAULT' || keys.size > 0))
    .map(([name]) => name);
}

/** The profile to take when none is asked for: `[__settings__] default_profile`, else `DEFAULT` when it says anything. */
export function defaultProfile(profiles: Profiles): string | undefined {
  const chosen = profiles.get(SETTINGS)?.get('default_profile') ?? '';
  if (chosen !== '') return chosen;
  return profileNames(profiles).find((name) => name === 'DEFAULT');
}

function plain(value: string): string {
  const quoted = /^(["'`])(.*?)\1(?:\s+[#;].*)?$/.exec(value)?.[2];
  return quoted ?? value.replace(/(^|\s+)[#;].*$/, '');
}

function problemOf(key: string | undefined): string {
  return key === undefined
    ? 'This is neither [profile] nor key = value.'
    : 'This stands before the first [profile].';
}
