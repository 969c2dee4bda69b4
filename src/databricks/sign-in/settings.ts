import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../core/errors.ts';
import { printableLine } from '../../core/printable.ts';
import { didYouMean } from '../../core/suggest.ts';
import { defaultProfile, type Profiles, parseProfiles, profileNames } from './profile-file.ts';

/** What the settings of the official tools may be asked for. */
export interface SettingsQuestion {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Holds `.databrickscfg`. @defaultValue that of the user */
  readonly homeFolder?: string;
}

/** One setting, and where it comes from, for messages. */
export interface Setting {
  readonly value: string;
  /** `DATABRICKS_TOKEN`, or `token of profile prod`. */
  readonly source: string;
}

/** The settings of a connection by their names in a profile: `host`, `token`, `client_id`, … */
export interface Settings {
  get(name: string): Setting | undefined;
  /** The file of profiles, as messages name it. */
  readonly file: string;
  /** The profile that was read. */
  readonly profile?: string;
  /** Names of the profiles there are, when the file was read. */
  readonly profiles: readonly string[];
}

/**
 * The settings that decide how to sign in, by name, with the variable of each
 * (https://docs.databricks.com/dev-tools/auth/env-vars).
 */
const VARIABLES: Readonly<Record<string, string>> = {
  host: 'DATABRICKS_HOST',
  workspace_id: 'DATABRICKS_WORKSPACE_ID',
  auth_type: 'DATABRICKS_AUTH_TYPE',
  token: 'DATABRICKS_TOKEN',
  client_id: 'DATABRICKS_CLIENT_ID',
  client_secret: 'DATABRICKS_CLIENT_SECRET',
  username: 'DATABRICKS_USERNAME',
  password: 'DATABRICKS_PASSWORD',
  oidc_token_env: 'DATABRICKS_OIDC_TOKEN_ENV',
  oidc_token_filepath: 'DATABRICKS_OIDC_TOKEN_FILEPATH',
  google_service_account: 'DATABRICKS_GOOGLE_SERVICE_ACCOUNT',
  google_credentials: 'GOOGLE_CREDENTIALS',
  azure_workspace_resource_id: 'DATABRICKS_AZURE_RESOURCE_ID',
  azure_use_msi: 'ARM_USE_MSI',
  azure_client_secret: 'ARM_CLIENT_SECRET',
  azure_client_id: 'ARM_CLIENT_ID',
  azure_tenant_id: 'ARM_TENANT_ID',
  metadata_service_url: 'DATABRICKS_METADATA_SERVICE_URL',
};

/** Of what kind of sign-in a setting is a part, in the words of the official tools. */
export const kindOfSetting: Readonly<Record<string, string>> = {
  token: 'pat',
  client_id: 'oauth',
  client_secret: 'oauth',
  username: 'basic',
  password: 'basic',
  oidc_token_env: 'env-oidc',
  oidc_token_filepath: 'file-oidc',
  google_service_account: 'google',
  google_credentials: 'google',
  azure_workspace_resource_id: 'azure',
  azure_use_msi: 'azure',
  azure_client_secret: 'azure',
  azure_client_id: 'azure',
  azure_tenant_id: 'azure',
  metadata_service_url: 'metadata-service',
};

/**
 * Gathers the settings as the official tools do: variables, then a profile. The file of
 * profiles is left alone when variables say where to go or how to sign in and no profile is named.
 * https://github.com/databricks/databricks-sdk-py/blob/main/databricks/sdk/config.py
 * @throws ConfigError for a profile that is not there; ProblemsError for a file that is none.
 */
export function readSettings(question: SettingsQuestion): Settings {
  const { variables, homeFolder = homedir() } = question;
  const known = new Map<string, Setting>();
  for (const [name, variable] of Object.entries(VARIABLES)) {
    const value = (variables[variable] ?? '').trim();
    if (value !== '') known.set(name, { value, source: variable });
  }
  const asked = variables.DATABRICKS_CONFIG_PROFILE || undefined;
  const chosenFile = variables.DATABRICKS_CONFIG_FILE || '~/.databrickscfg';
  const none = { get: (name: string) => known.get(name), file: chosenFile, profiles: [] };
  const isEnough = known.has('host') || [...known.keys()].some((name) => name in kindOfSetting);
  if (asked === undefined && isEnough) return none;
  const profiles = readProfiles(chosenFile, homeFolder);
  const profile = asked ?? (profiles === undefined ? undefined : defaultProfile(profiles));
  if (profile === undefined) return none;
  const values = profileOf(profiles, profile, chosenFile);
  refuseTwoHosts(known.get('host'), values.get('host'), profile);
  for (const [name, value] of values) {
    if (value !== '' && !known.has(name)) known.set(name, { value, source: `${name} of profile ${profile}` });
  }
  return { ...none, profile, profiles: profileNames(profiles ?? new Map()) };
}

/** @returns undefined when there is no such file */
function readProfiles(file: string, homeFolder: string): Profiles | undefined {
  const path = file.startsWith('~/') ? join(homeFolder, file.slice(2)) : file;
  try {
    return parseProfiles(readFileSync(path, 'utf8'), file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === undefined || !/^E[A-Z]+$/.test(code)) throw error;
    throw new ConfigError(`Cannot read the profiles of Databricks [file=${file}]: ${code}`, {
      code: 'HERMES_PROFILES_UNREADABLE',
      nextStep: 'Let yourself read it, or set DATABRICKS_CONFIG_FILE to another.',
    });
  }
}

function profileOf(
  profiles: Profiles | undefined,
  profile: string,
  file: string,
): ReadonlyMap<string, string> {
  const names = profiles === undefined ? [] : profileNames(profiles);
  const found = names.includes(profile) ? profiles?.get(profile) : undefined;
  if (found !== undefined) return found;
  const shown = printableLine(profile);
  const reason =
    profiles === undefined ? 'there is no such file' : `it has ${names.join(', ') || 'no profile'}`;
  throw new ConfigError(`Cannot take profile ${shown} of ${file}: ${reason}`, {
    code: 'HERMES_UNKNOWN_PROFILE',
    nextStep:
      didYouMean(profile, names) ??
      'Make it with: databricks configure, or set DATABRICKS_HOST and DATABRICKS_TOKEN.',
  });
}

/** The official tools send the profile's token to the variable's host; that is never meant. */
function refuseTwoHosts(variable: Setting | undefined, ofProfile: string | undefined, profile: string): void {
  const same = (one: string, other: string) => bareHost(one) === bareHost(other);
  if (variable === undefined || ofProfile === undefined || ofProfile === '') return;
  if (same(variable.value, ofProfile)) return;
  throw new ConfigError(
    `Cannot tell which workspace is meant: ${variable.source} and profile ${printableLine(profile)} name different hosts`,
    {
      code: 'HERMES_TWO_HOSTS',
      nextStep: 'Unset DATABRICKS_HOST, or choose the profile of that host.',
    },
  );
}

function bareHost(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/[/?#].*$/, '');
}
