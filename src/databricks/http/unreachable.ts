import { ConnectionError } from '../../core/errors.ts';
import { isLoopback } from '../sign-in/connection.ts';
import type { FailedCall } from './failure.ts';

/**
 * The error of a call that got no answer.
 * @param network The code of the machine's network: `ECONNREFUSED`.
 */
export function unreachableError(
  { action, endpoint, host }: FailedCall,
  network: string | undefined,
): ConnectionError {
  return new ConnectionError(`Cannot ${action}: no answer from the workspace`, {
    code: 'HERMES_DATABRICKS_UNREACHABLE',
    facts: { endpoint, host, reason: network },
    nextStep: stepFor(host, network ?? ''),
  });
}

function stepFor(host: string, network: string): string {
  if (isLoopback(host)) return 'See whether it runs: hermes workspace status';
  if (network === 'ENOTFOUND') return 'There is no host of that name; check DATABRICKS_HOST.';
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(network))
    return 'Nobody that this machine trusts vouches for the host. Behind a proxy of your company, set NODE_EXTRA_CA_CERTS to its certificate.';
  return 'Check DATABRICKS_HOST and the network, then try again.';
}
