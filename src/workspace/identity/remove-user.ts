import { ConfigError } from '../../core/errors.ts';
import { didYouMean } from '../../core/suggest.ts';
import { readOwnerToken } from '../server/address.ts';
import type { Database } from '../state/database.ts';
import { displayNameOf } from './service-principals.ts';
import { identify, listUsers } from './users.ts';

/**
 * Takes a user, or a service principal by either name, out of a workspace: tokens, sessions, groups and what access lists
 * gave him end at once. His runs and jobs stay, his name as their owner. The server need not be stopped.
 * @throws ConfigError for a name of nobody, and for the owner of this machine
 */
export function removeUser(db: Database, folder: string, name: string, now: Date): void {
  const known = listUsers(db).map(({ userName }) => ({
    userName,
    shown: displayNameOf(db, userName) ?? userName,
  }));
  const found = known.find(({ userName, shown }) => name === userName || name === shown);
  if (found === undefined) throw unknown(name, known.map(({ shown }) => shown).sort());
  const token = readOwnerToken(folder);
  if (token !== undefined && identify(db, 'token', token, now)?.userName === found.userName)
    throw new ConfigError(`Cannot remove ${name}: the workspace is on the machine of this user.`, {
      code: 'HERMES_WORKSPACE_USER_OWNER',
      nextStep: 'To remove everything, stop the workspace and delete .hermes/workspace.',
    });
  db.transaction(() => {
    for (const table of ['secrets', 'memberships'])
      db.run(`DELETE FROM ${table} WHERE user = ?`, found.userName);
    for (const rights of [
      "permissions WHERE level <> 'IS_OWNER' AND kind <> 'group_name'",
      'secret_acls WHERE true',
    ])
      db.run(`DELETE FROM ${rights} AND principal = ?`, found.userName);
    db.run('DELETE FROM service_principals WHERE id = ?', found.userName);
    db.run('DELETE FROM users WHERE name = ?', found.userName);
  });
}

function unknown(name: string, known: readonly string[]): ConfigError {
  const hint = didYouMean(name, known);
  return new ConfigError(
    `Cannot remove ${JSON.stringify(name)}: no such user. Users: ${known.join(', ') || 'none'}.`,
    { code: 'HERMES_WORKSPACE_USER_UNKNOWN', nextStep: hint ?? 'See them with: hermes workspace user list' },
  );
}
