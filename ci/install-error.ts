import { ConfigError, ConnectionError, type HermesError } from '../src/core/errors.ts';
import { printable } from '../src/core/printable.ts';
import { lastLines } from './subprocess.ts';

interface FailedInstall {
  readonly requirements: readonly string[];
  /** `the tests of helloworld` */
  readonly purpose: string;
}

// What pip prints when it cannot reach an index: https://github.com/pypa/pip/tree/main/src/pip/_internal/network
const NETWORK =
  /NewConnectionError|NameResolutionError|ConnectTimeoutError|Temporary failure in name resolution|Max retries exceeded|Connection (?:refused|reset)|Read timed out|ProxyError|SSLError/;
const REFUSED_LOGIN = /\b(401|403) (?:Client )?Error|(?:401|403) (?:Unauthorized|Forbidden)/i;
// From https://github.com/pypa/pip/blob/main/src/pip/_internal/resolution/resolvelib/factory.py
const NO_CANDIDATE =
  /Could not find a version that satisfies the requirement (.+?) \(from versions: (.*?)\)\s*$/m;
const SHOWN_VERSIONS = 5;
const OUTPUT_LINES = 8;

/** Why pip could not install: names the requirement that is to blame where pip tells. */
export function installError({ requirements, purpose }: FailedInstall, output: string): HermesError {
  const [, candidate, versions = ''] = NO_CANDIDATE.exec(output) ?? [];
  const blamed = candidate === undefined ? undefined : printable(candidate);
  const facts = { packages: requirements.join(' ') };
  if (NETWORK.test(output)) {
    return new ConnectionError(
      `Cannot fetch ${blamed ?? 'the packages'} for ${purpose}: the package index cannot be reached.`,
      {
        code: 'HERMES_PACKAGE_INDEX',
        facts: { ...facts, reason: reasonOf(output) },
        nextStep:
          'Check the network, or name your package index in PIP_INDEX_URL, and run the same command again.',
      },
    );
  }
  if (REFUSED_LOGIN.test(output)) {
    return new ConnectionError(
      `Cannot fetch ${blamed ?? 'the packages'} for ${purpose}: the package index refuses us.`,
      {
        code: 'HERMES_PACKAGE_INDEX',
        facts,
        nextStep: 'Check the credentials in PIP_INDEX_URL, and run the same command again.',
      },
    );
  }
  const options = { code: 'HERMES_PACKAGES', facts, nextStep: 'Correct the requirement in pyproject.toml.' };
  if (blamed === undefined)
    return new ConfigError(
      `Cannot install the packages for ${purpose}: pip says\n${printable(lastLines(output, OUTPUT_LINES))}`,
      options,
    );
  return new ConfigError(`Cannot find ${blamed} for ${purpose}: ${offered(versions)}`, options);
}

function offered(versions: string): string {
  if (versions === 'none' || versions === '')
    return 'the package index has no version of it for this Python.';
  const all = versions.split(', ');
  const latest = all.slice(-SHOWN_VERSIONS).join(', ');
  return `the package index has ${all.length > SHOWN_VERSIONS ? `${all.length} others, the last ones ` : ''}${printable(latest)}.`;
}

/** The innermost reason in pip's warning about a retry. */
function reasonOf(output: string): string | undefined {
  const reason =
    /Temporary failure in name resolution|Name or service not known|Connection refused|Connection reset|[Tt]imed out|certificate verify failed/.exec(
      output,
    );
  return reason?.[0].toLowerCase();
}
