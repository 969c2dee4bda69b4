import semver from 'semver';

/** Names the release of Hermes that CI installs. Others than Hermes raise it, too: Dependabot, Renovate, a person. */
export const PIN_PATH = 'build_tools/package.json';

const PIN = /("hermes-data-products"\s*:\s*")([^"]*)(")/;

/** The release in such a file; undefined when it names none, but a range or an address. */
export function readPin(bytes: Buffer): string | undefined {
  const pin = PIN.exec(bytes.toString())?.[2];
  return pin !== undefined && semver.valid(pin) === pin ? pin : undefined;
}

/** The file with another release. */
export function withPin(bytes: Buffer, version: string): Buffer {
  return Buffer.from(bytes.toString().replace(PIN, `$1${version}$3`));
}

/** The higher of two releases. */
export function higherPin(a: string, b: string): string {
  return semver.gte(a, b) ? a : b;
}
