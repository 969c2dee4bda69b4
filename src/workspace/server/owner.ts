import { ADMINS, acceptToken, addUser } from '../identity/users.ts';
import type { Database } from '../state/database.ts';
import { ownerToken } from './address.ts';

/** The machine's owner, an administrator of its workspace. */
interface Owner {
  readonly userName: string;
  readonly token: string;
}

/** Makes sure that the owner is a user and that his token opens the workspace. @param folder The workspace's. */
export function admitOwner(db: Database, folder: string, userName: string, now: Date): Owner {
  const token = ownerToken(folder);
  addUser(db, userName, [ADMINS], now);
  acceptToken(db, userName, token, now);
  return { userName, token };
}
