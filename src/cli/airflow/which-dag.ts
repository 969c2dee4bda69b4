import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';

/**
 * What to say of a word that means no DAG, or more than one.
 * @param ids Of all DAGs here.
 * @param inside Of those in the file that the word names.
 */
export function whichDag(target: string, ids: readonly string[], inside: readonly string[]): ConfigError {
  const isUnknown = inside.length === 0;
  return new ConfigError(
    isUnknown
      ? `There is no DAG ${target} here. DAGs: ${ids.join(', ') || 'none'}.`
      : `Cannot run ${target}: it holds ${inside.length} DAGs: ${inside.join(', ')}`,
    {
      code: 'HERMES_WHICH_DAG',
      nextStep: (isUnknown ? didYouMean(target, ids) : undefined) ?? 'Name one by its id.',
    },
  );
}
