import type { FleetRepository } from '../../github/fleet/repository-fleet.ts';
import { templateKinds } from '../../templates/answers.ts';
import { RECORD_PATH } from '../../templates/template-record.ts';
import { shellWord } from '../shell-word.ts';

// What a creation writes into the description of a repository.
const DESCRIPTION = /^(\S+) repository of team ([a-z0-9][a-z0-9-]*), made by Hermes$/i;

/**
 * Why a repository without a record is one of Hermes all the same, and what to do about it; undefined when it is not.
 * Pure.
 * @param owner The organisation; undefined = this machine.
 */
export function lostRepository(repository: FleetRepository, owner: string | undefined): string | undefined {
  const { name, description = '', files, head } = repository;
  const [, word = '', team = ''] = DESCRIPTION.exec(description) ?? [];
  const kind = templateKinds.find((one) => one === word.toLowerCase());
  const isBlank = head === undefined || [...files.keys()].every((path) => path === 'README.md');
  if (kind !== undefined && isBlank) {
    const org = owner === undefined ? '' : ` --org ${shellWord(owner)}`;
    const command = `hermes repo create ${shellWord(name)} --team ${team} --kind ${kind}${org} --no-clone`;
    return `begun, not finished; the command that began it goes on: ${command}`;
  }
  const isOurs =
    files.has('hermes.yaml') && [...files.keys()].some((path) => path.startsWith('build_tools/'));
  if (kind === undefined && !isOurs) return undefined;
  const last = `$(git rev-list -1 HEAD -- ${RECORD_PATH})`;
  return `its record is gone; in a clone it comes back by: git checkout "${last}^" -- ${RECORD_PATH}`;
}
