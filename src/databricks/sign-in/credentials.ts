import { ConfigError } from '../../core/errors.ts';
import { kindOfSetting, type Setting, type Settings } from './settings.ts';

/** How to sign in. Holds secrets: it goes into a token source and nowhere else. */
export type Credentials =
  | { readonly kind: 'pat'; readonly token: Setting }
  | { readonly kind: 'oauth-m2m'; readonly clientId: Setting; readonly clientSecret: Setting };

const TAKEN = 'a token (auth_type pat) or a client id with its secret (auth_type oauth-m2m)';
const NAMES: Readonly<Record<string, string>> = {
  token: 'token',
  client_id: 'client id',
  client_secret: 'secret',
};
/** Blanks, controls and what is not ASCII. */
const UNSENDABLE = /[^\x21-\x7e]/;
const WHERE = 'Set DATABRICKS_HOST to the address of the workspace, and ';
const HOW =
  'Set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET of a service principal, or name a profile that has them: --profile NAME.';

/**
 * Chooses the credentials among the settings, as the official tools do: those of `auth_type`, else the only kind there is.
 * @param purpose What the connection is for: `environment prod`.
 * @throws ConfigError when there are none, only a part, several kinds, or a kind that Hermes does not take.
 */
export function chooseCredentials(settings: Settings, purpose: string): Credentials {
  const wanted = settings.get('auth_type');
  if (wanted !== undefined) return credentialsOf(wanted, settings, purpose);
  const names = Object.keys(kindOfSetting).filter((name) => settings.get(name) !== undefined);
  const kinds = [...new Set(names.map((name) => kindOfSetting[name] ?? ''))].sort();
  if (kinds.length > 1) {
    const sources = names.map((name) => settings.get(name)?.source).join(', ');
    throw refusal(
      purpose,
      `more than one way to sign in is configured: ${kinds.join(' and ')} (${sources})`,
      {
        code: 'HERMES_SEVERAL_CREDENTIALS',
        nextStep: 'Keep one of them, or choose by DATABRICKS_AUTH_TYPE: pat or oauth-m2m.',
      },
    );
  }
  const [kind] = kinds;
  if (kind === 'pat') return pat(settings, purpose);
  if (kind === 'oauth') return oauth(settings, purpose);
  if (kind !== undefined) throw notTaken(kind, settings.get(names[0] ?? '')?.source ?? kind, purpose);
  throw refusal(purpose, noCredentials(settings), {
    code: 'HERMES_CONNECTION_MISSING',
    nextStep: howFor(settings),
  });
}

function credentialsOf(wanted: Setting, settings: Settings, purpose: string): Credentials {
  if (wanted.value === 'pat') return pat(settings, purpose);
  if (wanted.value === 'oauth-m2m') return oauth(settings, purpose);
  throw notTaken(wanted.value, wanted.source, purpose);
}

function pat(settings: Settings, purpose: string): Credentials {
  return { kind: 'pat', token: needed('token', settings, purpose) };
}

function oauth(settings: Settings, purpose: string): Credentials {
  return {
    kind: 'oauth-m2m',
    clientId: needed('client_id', settings, purpose),
    clientSecret: needed('client_secret', settings, purpose),
  };
}

function needed(name: string, settings: Settings, purpose: string): Setting {
  const found = settings.get(name);
  if (found !== undefined && !UNSENDABLE.test(found.value)) return found;
  if (found !== undefined) {
    const reason = `${found.source} holds characters that no ${NAMES[name]} has, such as a line break`;
    throw refusal(purpose, reason, { code: 'HERMES_CREDENTIALS_MALFORMED', nextStep: 'Copy it again.' });
  }
  throw refusal(purpose, `DATABRICKS_${name.toUpperCase()} is not set${besideProfile(settings, name)}`, {
    code: 'HERMES_CONNECTION_MISSING',
    nextStep: HOW,
  });
}

function besideProfile({ profile }: Settings, name: string): string {
  return profile === undefined ? '' : `, and profile ${profile} has no ${name}`;
}

function noCredentials(settings: Settings): string {
  const { profile, file } = settings;
  if (profile !== undefined) return `profile ${profile} of ${file} has neither a token nor a client id`;
  const host = settings.get('host');
  return host === undefined
    ? 'no host and no credentials are set'
    : `${host.source} is set, credentials are not`;
}

/** Who has set nothing yet lacks the address too. */
function howFor(settings: Settings): string {
  const hasPlace = settings.get('host') !== undefined || settings.profile !== undefined;
  return hasPlace ? HOW : `${WHERE}${HOW.charAt(0).toLowerCase()}${HOW.slice(1)}`;
}

function notTaken(kind: string, source: string, purpose: string): ConfigError {
  return refusal(
    purpose,
    `signing in by ${kind} (${source}) is not something that Hermes does; it takes ${TAKEN}`,
    {
      code: 'HERMES_CREDENTIALS_NOT_TAKEN',
      nextStep: HOW,
    },
  );
}

function refusal(
  purpose: string,
  reason: string,
  options: { readonly code: string; readonly nextStep: string },
): ConfigError {
  return new ConfigError(`Cannot connect to Databricks for ${purpose}: ${reason}`, options);
}
