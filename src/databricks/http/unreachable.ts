import { ConnectionError } from '../../core/errors.ts';
import { isLoopback } from '../sign-in/connection.ts';
import { type FailedCall, factsOf, noApiError } from './failure.ts';

/**
 * The error of a call that got no answer.
 * @param network The code of the machine's network: `ECONNREFUSED`.
 */
export function unreachableError(call: FailedCall, network: string | undefined): ConnectionError {
  const { action, endpoint, host } = call;
  // Node's parser of HTTP: something answers, in another language.
  if (network?.startsWith('HPE_') === true)
    return noApiError(call, { ...factsOf(call, {}), reason: network });
  return new ConnectionError(`Cannot ${action}: no answer from the workspace`, {
    code: 'HERMES_DATABRICKS_UNREACHABLE',
    facts: { endpoint, host, reason: network },
    nextStep: stepFor(call, network ?? ''),
  });
}

function stepFor({ host, hostSource }: FailedCall, network: string): string {
  if (hostSource === undefined && isLoopback(host)) return 'See whether it runs: hermes workspace status';
  const source = hostSource ?? 'DATABRICKS_HOST';
  if (network === 'ECONNREFUSED') return `Nothing listens there. Check ${source}.`;
  if (network === 'ENOTFOUND') return `There is no host of that name; check ${source}.`;
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/.test(network))
    return 'Nobody that this machine trusts vouches for the host. Behind a proxy of your company, set NODE_EXTRA_CA_CERTS to its certificate.';
  return `Check ${source} and the network, then try again.`;
}
