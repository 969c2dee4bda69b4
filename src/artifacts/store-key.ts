import { HermesError } from '../core/errors.ts';

/**
 * Checks a key before any store sees it: parts joined by `/`, none empty, none that leads elsewhere.
 * @throws HermesError (`HERMES_STORE_KEY`): a mistake of the caller, since keys are made of checked names
 */
export function checkKey(key: string): void {
  const isBad = key
    .split('/')
    .some((part) => part === '' || part === '.' || part === '..' || part.includes('\0'));
  if (isBad) {
    throw new HermesError(`Cannot use ${JSON.stringify(key)} as a key of a store.`, {
      code: 'HERMES_STORE_KEY',
    });
  }
}
