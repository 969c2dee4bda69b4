import { statSync } from 'node:fs';
import { ConfigError } from '../../core/errors.ts';
import { type FoundRecord, readRecord } from '../../templates/read-record.ts';

/**
 * The record of the repository that a folder lies in.
 * @param folder Absolute path.
 * @param verb What is meant to be done: `check`, `update`.
 * @throws ConfigError when there is no such folder, or the repository was not made from a template
 */
export function recordHere(folder: string, verb: string): FoundRecord {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new ConfigError(`Cannot ${verb} ${folder}: there is no such folder.`, {
      code: 'HERMES_NO_FOLDER',
      nextStep: `Name the folder of a clone. For a repository of an organisation: hermes repo ${verb} --all ORG --only NAME`,
    });
  const found = readRecord(folder);
  if (found !== undefined) return found;
  throw new ConfigError(
    `Cannot ${verb} ${folder}: no .hermes/template.json here or above, so it was not made from a template.`,
    {
      code: 'HERMES_NO_TEMPLATE',
      nextStep: 'Go into a repository that `hermes repo create` made, or name its folder.',
    },
  );
}
