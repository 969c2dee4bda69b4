import { isAbsolute, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../src/config/environment.ts';
import { ConfigError } from '../src/core/errors.ts';

/**
 * CI works in a checkout that goes with its run, and what is published into it goes too: a green run that published
 * nothing for anybody.
 * @param root of the checkout
 * @throws ConfigError for an environment whose store lies inside
 */
export function refuseLostStores(environments: readonly Environment[], root: string): void {
  const lost = environments.find(({ artifacts }) => isInside(artifacts, root));
  if (lost === undefined) return;
  const { name, artifacts } = lost;
  throw new ConfigError(
    `Cannot publish to ${name} [store=${artifacts}]: hermes.yaml names no store for it, and this folder goes with the run of CI.`,
    {
      code: 'HERMES_NO_STORE',
      nextStep: `Name one in hermes.yaml: artifacts: { ${name}: s3://acme-hermes-${name} }. On a runner that keeps its disk, set HERMES_HOME to a folder outside of the checkout.`,
    },
  );
}

function isInside(url: string, root: string): boolean {
  if (!url.startsWith('file:')) return false;
  const path = relative(root, fileURLToPath(url));
  return path === '' || !(path.startsWith('..') || isAbsolute(path));
}
